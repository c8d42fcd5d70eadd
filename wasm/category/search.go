package category

import "strings"

// search is an expression as one types it into a search engine: every group has to match.
type search []group

// group is words of which one has to be found (tent OR tents), or one that must not be (-used).
type group struct {
	words []string
	not   bool
}

// parseSearch reads words, "quoted phrases", OR (also |) between alternatives, and - before what must not occur. The text
// is in lower case. An expression without a word that may occur is none: it would match nearly every page.
func parseSearch(text string) search {
	var all search
	positive, or := false, false
	for text != "" {
		var word string
		var not, quoted bool
		word, not, quoted, text = nextWord(text)
		switch {
		case word == "":
		case !quoted && (word == "or" || word == "|"):
			or = len(all) > 0 && !all[len(all)-1].not
		case or && !not:
			last := &all[len(all)-1]
			last.words = append(last.words, word)
			or = false
		default:
			all = append(all, group{words: []string{word}, not: not})
			positive = positive || !not
			or = false
		}
	}
	if !positive {
		return nil
	}
	return all
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

func (s search) match(url, title string) bool {
	for _, g := range s {
		if g.found(url, title) == g.not {
			return false
		}
	}
	return true
}

func (g group) found(url, title string) bool {
	for _, w := range g.words {
		if found(w, url, title) {
			return true
		}
	}
	return false
}
