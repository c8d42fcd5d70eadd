package native

import "strings"

// browserClass tells browsers apart as far as two sites see the same of one: engine and system, without versions. A
// handoff token is bound to it. The order matters: nearly every browser also claims to be the ones below it.
func browserClass(userAgent string) string {
	return firstOf(userAgent, "other",
		"Firefox/", "Gecko", "FxiOS/", "WebKit", "Edg", "Chromium", "OPR/", "Chromium", "Chrom", "Chromium", "AppleWebKit/", "WebKit",
	) + " on " + firstOf(userAgent, "other",
		"Android", "Android", "iPhone", "iOS", "iPad", "iOS", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS",
		"Linux", "Linux",
	)
}

// firstOf gives the name of the first sign that a text holds; pairs are sign and name.
func firstOf(text, otherwise string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if strings.Contains(text, pairs[i]) {
			return pairs[i+1]
		}
	}
	return otherwise
}
