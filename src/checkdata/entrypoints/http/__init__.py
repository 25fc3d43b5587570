"""HTTP as strangers speak it: limits on size, count and time, and the processes that answer."""
