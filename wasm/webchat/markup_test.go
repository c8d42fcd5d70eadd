package webchat

import (
	"strings"
	"testing"

	"foyer/wasm/link"
	"foyer/wasm/view"
)

// written shows nodes as a text: <tag>…</tag>, without the tag for a span, and a link as <a address>…</a>.
func written(nodes []*view.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		inner := n.Text + written(n.Children)
		switch n.Tag {
		case "span":
			b.WriteString(inner)
		case "a":
			b.WriteString("<a " + n.Attrs["href"] + ">" + inner + "</a>")
		default:
			b.WriteString("<" + n.Tag + ">" + inner + "</" + n.Tag + ">")
		}
	}
	return b.String()
}

func TestLinksAreLinksWhereNothingIsMarked(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                           "plain",
		"see https://a.example/x?y=1&z.":  "see <a https://a.example/x?y=1&z>https://a.example/x?y=1&z</a>.",
		"**not marked** [x](https://a.b)": "**not marked** [x](<a https://a.b>https://a.b</a>)",
		"https://a.example\nnext":         "<a https://a.example>https://a.example</a>\nnext",
	} {
		if got := written(markup(text, false)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMarkdownInMessages(t *testing.T) {
	for text, want := range map[string]string{
		"a **b** c":                    "a <strong>b</strong> c",
		"*i* and _i_":                  "<em>i</em> and <em>i</em>",
		"**a *b* c**":                  "<strong>a <em>b</em> c</strong>",
		"2 * 3 * 4":                    "2 * 3 * 4",
		"a_name_here":                  "a_name_here",
		"`**code**`":                   "<code>**code**</code>",
		"**open":                       "**open",
		"****":                         "****",
		"[here](https://a.example)":    "<a https://a.example>here</a>",
		"[here](mailto:a@b.c)":         "<a mailto:a@b.c>here</a>",
		"[www.a.example](https://b.c)": "[<a https://www.a.example>www.a.example</a>](<a https://b.c>https://b.c</a>)",
		"[https://b.c](https://b.c)":   "<a https://b.c>https://b.c</a>",
		"[here](javascript:alert())":   "[here](javascript:alert())",
		"[here](https://)":             "[here](https://)",
		"- one\n- *two*\nafter":        "<ul><li>one</li><li><em>two</em></li></ul>after",
		"1. one\n2. two":               "<ol><li>one</li><li>two</li></ol>",
		"before\n```go\na\nb\n```\n":   "before<pre>a\nb</pre>",
		"```\nopen":                    "```\nopen",
		"<b>text</b>":                  "<b>text</b>",
	} {
		if got := written(markup(text, true)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzMarkup(f *testing.F) {
	for _, seed := range []string{"**a** https://b.c", "- a\n1. b", "```\n", "[a](mailto:b)", "_a_`b`", "www.a.b)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain := ""
		check := func(n *view.Node) {
			if n.Tag == "a" && !link.LeadsOut(n.Attrs["href"]) {
				t.Errorf("a link to %q", n.Attrs["href"])
			}
		}
		var all func(nodes []*view.Node)
		all = func(nodes []*view.Node) {
			for _, n := range nodes {
				check(n)
				plain += n.Text
				all(n.Children)
			}
		}
		all(markup(text, true))
		plain = ""
		all(markup(text, false))
		if plain != text {
			t.Errorf("%q became %q", text, plain)
		}
	})
}
