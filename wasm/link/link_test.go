package link

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/view"
)

// written shows a text with its links: {address}, or {address|name} where the name is another one.
func written(text string) string {
	n := Show(view.Box("p", ""), text)
	all := n.Text
	for _, c := range n.Children {
		switch {
		case c.Tag != "a":
			all += c.Text
		case c.Text == c.Attrs["href"]:
			all += "{" + c.Text + "}"
		default:
			all += "{" + c.Attrs["href"] + "|" + c.Text + "}"
		}
	}
	return all
}

func TestAnAddressEndsWhereItEnds(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                           "plain",
		"":                                "",
		"see https://a.example/x?y=1&z.":  "see {https://a.example/x?y=1&z}.",
		"(http://a.example)":              "({http://a.example})",
		"(see https://a.example/x_(y)).":  "(see {https://a.example/x_(y)}).",
		"https://a.example/x_(y)":         "{https://a.example/x_(y)}",
		"https://a.example/x_(y)_z":       "{https://a.example/x_(y)_z}",
		"[https://a.example/x]":           "[{https://a.example/x}]",
		"{https://a.example/x}":           "{{https://a.example/x}}",
		"https://a.example/?x[]=1&y={2}":  "{https://a.example/?x[]=1&y={2}}",
		"https://a.example/x(see":         "{https://a.example/x(see}",
		"https://a.example/x (see":        "{https://a.example/x} (see",
		"https://a.example/x(":            "{https://a.example/x}(",
		"<https://a.example/x>":           "<{https://a.example/x}>",
		`"https://a.example/x"`:           `"{https://a.example/x}"`,
		"'https://a.example/x'":           "'{https://a.example/x}'",
		"https://a.example/d,e;f and":     "{https://a.example/d,e;f} and",
		"https://a.example/a_b_c*d*e~f":   "{https://a.example/a_b_c*d*e~f}",
		"https://a.example/#!/x/y":        "{https://a.example/#!/x/y}",
		"https://a.example:8443/g?x[]=1&": "{https://a.example:8443/g?x[]=1&}",
		"https://münchen.example/straße?": "{https://münchen.example/straße}?",
		"www.a.example, or":               "{https://www.a.example|www.a.example}, or",
		"HTTPS://A.example":               "{HTTPS://A.example}",
		"xhttps://a.example":              "xhttps://a.example",
		"https://":                        "https://",
		"http://.":                        "http://.",
		"www.":                            "www.",
		"https://a.example\nnext":         "{https://a.example}\nnext",
		"a https://a.example/1 https://b": "a {https://a.example/1} {https://b}",
	} {
		if got := written(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBracketsQuotesAndStopsOfAllScriptsAreNoPartOfAnAddress(t *testing.T) {
	around := []string{
		"()", "[]", "{}", "<>", `""`, "''", "``", "（）", "［］", "｛｝", "「」", "『』", "【】", "〔〕", "〖〗", "〘〙", "〈〉", "《》", "｢｣", "｟｠",
		"“”", "‘’", "„“", "«»", "‹›", "»«", "〝〟", "⁅⁆", "❨❩", "⟨⟩", "⦅⦆", "︵︶", "﹁﹂", "﴾﴿", "༺༻", "᚛᚜",
	}
	for _, pair := range around {
		signs := []rune(pair)
		text := string(signs[0]) + "https://a.example/e" + string(signs[1]) + "です"
		if want := strings.Replace(text, "https://a.example/e", "{https://a.example/e}", 1); written(text) != want {
			t.Errorf("%q: %q", text, written(text))
		}
	}
	for _, stop := range []string{"。", "、", "，", "！", "？", "：", "；", "…", "،", "؛", "؟", "۔", "।", "։", "።", "\u3000", "\u00a0", "\u2028"} {
		text := "詳細はhttps://a.example/e" + stop + "次"
		if want := "詳細は{https://a.example/e}" + stop + "次"; written(text) != want {
			t.Errorf("%q: %q", text, written(text))
		}
	}
}

func TestALinkLeadsWhereItSays(t *testing.T) {
	for _, text := range []string{
		"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "mailto:a@b.c",
		"https://bank.example@elsewhere.example/", "https://bank.example:pw@elsewhere.example", "https://@a.example",
		"https://" + strings.Repeat("a", most),
	} {
		if got := written(text); strings.Contains(got, "{") {
			t.Errorf("%q became %q", text, got)
		}
	}
	// Signs that turn the direction of writing, or that nobody sees, are in no address.
	for _, sign := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u200c\u200d\u2060\ufeff\u00ad\\\u0000\u007f" {
		text := "https://a.example/x" + string(sign) + "moc.elpmaxe"
		if got, want := written(text), "{https://a.example/x}"+string(sign)+"moc.elpmaxe"; got != want {
			t.Errorf("%U: %q", sign, got)
		}
	}
	n := Show(view.Box("p", ""), "https://a.example").Children[0]
	if n.Attrs["target"] != "_blank" || !strings.Contains(n.Attrs["rel"], "noopener") || n.Attrs["dir"] != "ltr" {
		t.Errorf("the link is %v", n.Attrs)
	}
}

func TestALongMessageIsReadInLittleTime(t *testing.T) {
	for _, part := range []string{"http://@", "www.", "w.h", "https://(", "http://（", "https://[a"} {
		text := strings.Repeat(part, wire.MaxMessageRunes/len(part))
		began := time.Now()
		Show(view.Box("p", ""), text)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%q…: %v", part, took)
		}
	}
}

func FuzzShow(f *testing.F) {
	for _, seed := range []string{"see https://a.example/x_(y).", "「www.a.b」", "http://\xff", "https://a@b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := Show(view.Box("p", ""), text)
		all := n.Text
		for _, c := range n.Children {
			all += c.Text
			if c.Tag == "a" && (!LeadsOut(c.Attrs["href"]) || !strings.HasSuffix(c.Attrs["href"], c.Text)) {
				t.Errorf("%q leads to %q", c.Text, c.Attrs["href"])
			}
		}
		if all != text {
			t.Errorf("%q became %q", text, all)
		}
	})
}
