package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestWhatPagesWatchFor(t *testing.T) {
	const head = "deployments:\n- name: shop\n  "
	long := strings.Repeat("x", 1001)
	tests := map[string]struct{ yaml, says string }{
		"nothing":                     {`dsl: {}`, ""},
		"everything":                  {`dsl: {url: /server/resources/dsl/own.xml, expressions: named, functions: shop.monitoring, never: ["#iban"]}`, ""},
		"an address":                  {`dsl: {url: "https://www.example.com/dsl.xml"}`, ""},
		"another scheme":              {`dsl: {url: "file:///dsl.xml"}`, "neither a path"},
		"a relative path":             {`dsl: {url: dsl.xml}`, "neither a path"},
		"a host without a scheme":     {`dsl: {url: //www.example.com/dsl.xml}`, "neither a path"},
		"another way to run":          {`dsl: {expressions: strict}`, "neither eval nor named"},
		"a call":                      {`dsl: {functions: "shop()"}`, "is not a name"},
		"an empty selector":           {`dsl: {never: [" "]}`, "a selector is empty"},
		"a key that is no key":        {`dsl: {uri: /x}`, `unknown key "uri"`},
		"categories":                  {`categories: [{name: tents, tags: [{plain: tent}, {google: "camp -sale"}, {regex: "/tents?/"}]}]`, ""},
		"JavaScript's own expression": {`categories: [{name: a, tags: [{regex: "(?<!x)y\\u0041"}]}]`, ""},
		"a category without a name":   {`categories: [{tags: [{plain: tent}]}]`, "is no name"},
		"a name with a semicolon":     {`categories: [{name: "a;b", tags: [{plain: tent}]}]`, "is no name"},
		"a category without tags":     {`categories: [{name: a}]`, "1 to 50 tags"},
		"a category twice":            {`categories: [{name: a, tags: [{plain: b}]}, {name: a, tags: [{plain: c}]}]`, "named twice"},
		"an empty tag":                {`categories: [{name: a, tags: [{}]}]`, "one of plain, google and regex"},
		"two tags in one":             {`categories: [{name: a, tags: [{plain: b, regex: c}]}]`, "one of plain, google and regex"},
		"a long tag":                  {`categories: [{name: a, tags: [{plain: ` + long + `}]}]`, "at most 1000 bytes"},
		"a choice that may be there":  {`categories: [{name: a, tags: [{regex: "^/(tents|stoves)(/[0-9]+)?(ab){2}$"}]}]`, ""},
		"what repeats, repeated":      {`categories: [{name: a, tags: [{regex: "(a+)+"}]}]`, ""},
		"a choice, repeated":          {`categories: [{name: a, tags: [{regex: "^/(tent|stove)*"}]}]`, ""},
		"a faulty expression":         {`categories: [{name: a, tags: [{regex: "(tent"}]}]`, "missing closing )"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(head + tt.yaml))
			if (tt.says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestTheDSLHasDefaults(t *testing.T) {
	f, err := Parse([]byte("deployments: [{name: shop}]"))
	if err != nil {
		t.Fatal(err)
	}
	want := DSL{Expressions: "eval", Functions: "foyerFunctions"}
	if got := f.Deployments[0].DSL; !reflect.DeepEqual(got, want) || !reflect.DeepEqual(DefaultDSL(), want) {
		t.Errorf("it is %+v", got)
	}
}
