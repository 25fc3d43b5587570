// The GOV.UK components do what they can with a script; every page works without one.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();
