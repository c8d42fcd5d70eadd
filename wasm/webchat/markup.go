package webchat

import (
	"strings"

	"foyer/wasm/link"
	"foyer/wasm/view"
)

// markup turns the text of a message into what is shown: links always, and, where marked is true, a subset of Markdown:
// **bold**, *italic*, _italic_, `code`, ```blocks of code```, [names of links](https://…), and lists of - or 1. Everything
// else is shown as it was written. It never makes HTML, and a link leads to the web or to a mail program only.
func markup(text string, marked bool) []*view.Node {
	if !marked {
		return inline(nil, text, "")
	}
	var nodes []*view.Node
	lines := strings.Split(text, "\n")
	plain := 0 // the first line that is in no node yet
	for i := 0; i < len(lines); {
		n, taken := block(lines[i:])
		if taken == 0 {
			i++
			continue
		}
		nodes = append(inline(nodes, strings.Join(lines[plain:i], "\n"), inlineMarks), n)
		i += taken
		plain = i
	}
	return inline(nodes, strings.Join(lines[plain:], "\n"), inlineMarks)
}

const inlineMarks = "*_`["

// block makes a block of code or a list of what begins here; taken is how many lines it is, 0 where there is neither.
func block(lines []string) (n *view.Node, taken int) {
	if strings.HasPrefix(lines[0], "```") {
		for i := 1; i < len(lines); i++ {
			if strings.HasPrefix(lines[i], "```") {
				return &view.Node{Tag: "pre", Text: strings.Join(lines[1:i], "\n")}, i + 1
			}
		}
		return nil, 0
	}
	tag, _ := listItem(lines[0])
	if tag == "" {
		return nil, 0
	}
	n = &view.Node{Tag: tag}
	for _, line := range lines {
		t, text := listItem(line)
		if t != tag {
			break
		}
		n.Add(&view.Node{Tag: "li", Children: inline(nil, text, inlineMarks)})
		taken++
	}
	return n, taken
}

// listItem gives the kind of list that a line belongs to, "" for none, and what it says there.
func listItem(line string) (tag, text string) {
	if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") {
		return "ul", line[2:]
	}
	number, text, found := strings.Cut(line, ". ")
	if found && number != "" && len(number) < 4 && strings.Trim(number, "0123456789") == "" {
		return "ol", text
	}
	return "", ""
}

// inline adds a text with its links, and with what the marks say.
func inline(nodes []*view.Node, text, marks string) []*view.Node {
	plain := 0 // where the text begins that is in no node yet
	for i := 0; i < len(text); {
		var n *view.Node
		address, taken := link.At(text, i)
		if taken > 0 {
			n = link.Anchor(address, text[i:i+taken])
		} else if strings.IndexByte(marks, text[i]) >= 0 {
			n, taken = mark(text, i)
		}
		if taken == 0 {
			i++
			continue
		}
		nodes = append(span(nodes, text[plain:i]), n)
		i += taken
		plain = i
	}
	return span(nodes, text[plain:])
}

func span(nodes []*view.Node, text string) []*view.Node {
	if text == "" {
		return nodes
	}
	return append(nodes, &view.Node{Tag: "span", Text: text})
}

// mark makes what a mark at i says; taken is 0 where it is only a character.
func mark(text string, i int) (n *view.Node, taken int) {
	rest := text[i:]
	if rest[0] == '[' {
		return namedLink(rest)
	}
	tag, sign := "em", rest[:1]
	switch {
	case rest[0] == '`':
		tag = "code"
	case strings.HasPrefix(rest, "**"):
		tag, sign = "strong", "**"
	}
	inner, after, found := strings.Cut(rest[len(sign):], sign)
	if !found || inner == "" || strings.TrimSpace(inner) != inner {
		return nil, 0
	}
	if sign == "_" && (wordEnds(text[:i]) || wordBegins(after)) { // a name_with_such_signs
		return nil, 0
	}
	n = &view.Node{Tag: tag, Text: inner}
	if tag != "code" {
		n.Text, n.Children = "", inline(nil, inner, inlineMarks)
	}
	return n, len(rest) - len(after)
}

func wordEnds(s string) bool   { return s != "" && wordByte(s[len(s)-1]) }
func wordBegins(s string) bool { return s != "" && wordByte(s[0]) }

// wordByte is true for letters, digits, and everything beyond ASCII.
func wordByte(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// namedLink reads [name](address).
func namedLink(text string) (n *view.Node, taken int) {
	name, rest, found := strings.Cut(text[1:], "](")
	address, after, closed := strings.Cut(rest, ")")
	if !found || !closed || name == "" || strings.ContainsAny(name, "[\n") || !link.LeadsOut(address) {
		return nil, 0
	}
	if _, n := link.At(name, 0); n > 0 && name != address { // a name that says it leads elsewhere
		return nil, 0
	}
	return link.Anchor(address, name), len(text) - len(after)
}
