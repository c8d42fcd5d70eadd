package config

import (
	"fmt"
	"net/url"
	"strings"
)

// Ways in which pages run the DSL's expressions.
const (
	ExpressionsEval  = "eval"
	ExpressionsNamed = "named"
)

// DSL is what a deployment's pages watch for, and how they may look.
type DSL struct {
	URL         string   `yaml:"url" doc:"Of a domain-model.xml with business events: a path of the relay such as /server/resources/dsl/domain-model.xml, or an address that pages can read. Default: none, unless a page names one in dslResource"`
	Expressions string   `yaml:"expressions" doc:"How conditions and values are run. eval: as JavaScript, which a strict Content-Security-Policy forbids. named: each is the name of a function of the page. Default: eval"`
	Functions   string   `yaml:"functions" doc:"Name of the page's global object that holds those functions; each is called with the DOM event, and with $ where the page has jQuery. Default: foyerFunctions"`
	Never       []string `yaml:"never" doc:"Selectors of fields whose values are never collected, whatever the DSL says, beside passwords and cards, which never are"`
}

// DefaultDSL is what a deployment that says nothing has.
func DefaultDSL() DSL {
	var d DSL
	d.fillIn()
	return d
}

func (d *DSL) fillIn() {
	if d.Expressions == "" {
		d.Expressions = ExpressionsEval
	}
	if d.Functions == "" {
		d.Functions = "foyerFunctions"
	}
}

func (d *DSL) check() error {
	switch {
	case d.Expressions != ExpressionsEval && d.Expressions != ExpressionsNamed:
		return fmt.Errorf("dsl.expressions: %q is neither %s nor %s", d.Expressions, ExpressionsEval, ExpressionsNamed)
	case !functionName.MatchString(d.Functions):
		return fmt.Errorf("dsl.functions: %q is not a name such as shop.monitoring", d.Functions)
	case d.URL != "" && !isPathOrAddress(d.URL):
		return fmt.Errorf("dsl.url: %q is neither a path of the relay nor an address with https", d.URL)
	}
	for _, selector := range d.Never {
		if strings.TrimSpace(selector) == "" {
			return fmt.Errorf("dsl.never: a selector is empty")
		}
	}
	return nil
}

func isPathOrAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	return u.Host == "" && u.Scheme == "" && strings.HasPrefix(s, "/") || u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
