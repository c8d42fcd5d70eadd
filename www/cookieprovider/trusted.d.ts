/** What the author of iframe.html declares, where they have. */
declare const TRUSTED_DOMAINS: unknown;
