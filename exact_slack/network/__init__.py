"""One way to the outside for every client: time, size, redirects, proxies and authorities."""
