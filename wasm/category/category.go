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

// Category is a name with its tags. A page belongs to it when one of them matches.
type Category struct {
	Name string
	tags []tag
}

// tag decides about a page by its address and its title, both in lower case.
type tag func(url, title string, match pattern.Matcher) bool

// Parse reads the categories of a deployment, [{name, tags: [{plain}|{google}|{regex}]}]. What is not of this form is left
// out: the relay has checked it.
func Parse(list []any) []Category {
	var all []Category
	for _, v := range list {
		m, _ := v.(map[string]any)
		name, _ := m["name"].(string)
		tags, _ := m["tags"].([]any)
		if name == "" {
			continue
		}
		c := Category{Name: name}
		for _, t := range tags {
			if parsed := parseTag(t); parsed != nil {
				c.tags = append(c.tags, parsed)
			}
		}
		all = append(all, c)
	}
	return all
}

// Of gives the names of the categories to which a page belongs, joined by Separator: as many as an event takes.
func Of(all []Category, url, title string, match pattern.Matcher) string {
	url, title = strings.ToLower(url), strings.ToLower(title)
	joined := ""
	for _, c := range all {
		if c.has(url, title, match) {
			joined = with(joined, c.Name)
		}
	}
	return joined
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

func (c Category) has(url, title string, match pattern.Matcher) bool {
	for _, t := range c.tags {
		if t(url, title, match) {
			return true
		}
	}
	return false
}

func parseTag(v any) tag {
	m, _ := v.(map[string]any)
	if plain, ok := m["plain"].(string); ok && plain != "" {
		plain = strings.ToLower(plain)
		return func(url, title string, _ pattern.Matcher) bool { return found(plain, url, title) }
	}
	if source, ok := m["regex"].(string); ok && source != "" {
		return func(url, title string, match pattern.Matcher) bool {
			return match.In(source, url) || match.In(source, title)
		}
	}
	if search, ok := m["google"].(string); ok {
		if groups := parseSearch(strings.ToLower(search)); len(groups) > 0 {
			return func(url, title string, _ pattern.Matcher) bool { return groups.match(url, title) }
		}
	}
	return nil
}

func found(text, url, title string) bool {
	return strings.Contains(url, text) || strings.Contains(title, text)
}
