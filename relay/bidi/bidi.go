// Package bidi takes the marks out of a text that turn its reading direction around (https://www.unicode.org/reports/tr9/):
// with them a name, a title or an address shows as another one than it is.
//
// The domain calls it for short texts that visitors write and agents decide by. What people write to each other is left as
// it is, and shown in a box of its own. Right-to-left text needs none of these marks.
package bidi

import "strings"

// Without gives a text without embeddings, overrides and isolates. The marks that only hint (U+061C, U+200E, U+200F) stay.
// What is no UTF-8 stays that.
func Without(text string) string { return marks.Replace(text) }

// marks are the embeddings and overrides, and the isolates.
var marks = strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "",
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")
