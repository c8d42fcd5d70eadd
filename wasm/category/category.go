// Package category names what a page is about, from its address and its title, by the tags that an operator has given to
// categories in relay.yaml.
//
// wasm/monitor asks it for each page. It must never read anything else of the page.
package category

import (
	"slices"
	"strings"

	"foyer/wasm/pattern"
)

// Separator stands between the categories of one event.
const Separator = ";"

// maxJoined is how many bytes all categories of an event take at most; the relay refuses longer ones.
const maxJoined = 1000

// Of gives the names of the categories to which a page belongs, joined by Separator: as many as an event takes. all are
// those of a deployment, [{name, tags: [{plain}|{google}|{regex}]}]; what is not of this form is left out: the relay has
// checked it. A page belongs to a category when one of its tags fits.
func Of(all []any, url, title string, match pattern.Matcher) string {
	url, title = strings.ToLower(url), strings.ToLower(title)
	joined := ""
	for _, v := range all {
		c, _ := v.(map[string]any)
		name, _ := c["name"].(string)
		tags, _ := c["tags"].([]any)
		for _, t := range tags {
			if tag, _ := t.(map[string]any); name != "" && fits(tag, url, title, match) {
				joined = with(joined, name)
				break
			}
		}
	}
	return joined
}

// fits tells whether a tag fits a page, by its address and its title in lower case.
func fits(tag map[string]any, url, title string, match pattern.Matcher) bool {
	plain, _ := tag["plain"].(string)
	google, _ := tag["google"].(string)
	regex, _ := tag["regex"].(string)
	switch {
	case plain != "":
		return found(strings.ToLower(plain), url, title)
	case regex != "":
		return match.In(regex, url) || match.In(regex, title)
	}
	return searchFits(strings.ToLower(google), url, title)
}

// Join adds the categories of a page to those that an event has already, each once.
func Join(own, page string) string {
	have := strings.Split(own, Separator)
	for _, name := range strings.Split(page, Separator) {
		if name != "" && !slices.Contains(have, name) {
			own = with(own, name)
		}
	}
	return own
}

// with adds a name where there is room for it.
func with(joined, name string) string {
	if joined == "" {
		return name
	}
	if len(joined)+len(Separator)+len(name) > maxJoined {
		return joined
	}
	return joined + Separator + name
}

func found(text, url, title string) bool {
	return strings.Contains(url, text) || strings.Contains(title, text)
}
