package category

import "strings"

// searchFits tells whether a page fits an expression as one types it into a search engine: words that all have to occur,
// "quoted phrases", OR (also |) between alternatives, and - before what must not occur. All texts are in lower case. An
// expression without a word that has to occur fits no page: it would fit nearly every one.
func searchFits(text, url, title string) bool {
	wanted, group, or, after := false, true, false, false // group: one of the alternatives of now occurs; after: there are some
	for text != "" {
		var word string
		var not, quoted bool
		word, not, quoted, text = nextWord(text)
		switch {
		case word == "":
		case !quoted && (word == "or" || word == "|"):
			or = after
		case not:
			if found(word, url, title) {
				return false
			}
			or, after = false, false
		case or:
			group = group || found(word, url, title)
			or = false
		default:
			if !group {
				return false
			}
			group = found(word, url, title)
			wanted, after = true, true
		}
	}
	return wanted && group
}

// nextWord takes the first word or phrase of a text, without its sign.
func nextWord(text string) (word string, not, quoted bool, rest string) {
	text = strings.TrimLeft(text, " \t\n")
	if text != "" && (text[0] == '-' || text[0] == '+') {
		not = text[0] == '-'
		text = text[1:]
	}
	if text != "" && text[0] == '"' {
		word, rest, _ = strings.Cut(text[1:], `"`)
		return word, not, true, rest
	}
	end := strings.IndexAny(text, " \t\n")
	if end < 0 {
		end = len(text)
	}
	return text[:end], not, false, text[end:]
}
