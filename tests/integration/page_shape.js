// What every page of the service has, told of the page that is shown: its faults, and by what it is known.
() => {
  const count = (selector) => document.querySelectorAll(selector).length;
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((heading) => heading.checkVisibility());
  const levels = headings.map((heading) => Number(heading.tagName[1]));
  const fromH1 = levels.slice(levels.indexOf(1)); // what the header and an error summary have before it is theirs
  const inOrder = [...document.querySelectorAll(".govuk-skip-link, body > header, main, body > footer")];
  const title = document.title.trim();
  const holds = {
    "a page has a title": title,
    "the title says whether there is a fault": title.startsWith("Error:") === (count(".govuk-error-summary") > 0),
    "a page names its language": document.documentElement.lang,
    "a page has one h1": levels.filter((level) => level === 1).length === 1,
    "headings are in order": fromH1.every((level, place) => place === 0 || level <= fromH1[place - 1] + 1),
    "a page has one main landmark": count("main") === 1,
    "a page has a way past its header, then header, main landmark and footer":
      inOrder.map((part) => part.tagName).join() === "A,HEADER,MAIN,FOOTER" && inOrder[0].hash === `#${inOrder[2].id}`,
    "the h1 is in the main landmark": count("main h1") === 1,
    "a Back link is in its own landmark": count("nav[aria-label=Back] > .govuk-back-link") === count(".govuk-back-link"),
    "a Back link stands before the main landmark": count("main .govuk-back-link") === 0,
  };
  return {
    faults: Object.keys(holds).filter((law) => !holds[law]),
    title,
    host: location.host,
    path: location.pathname,
  };
}
