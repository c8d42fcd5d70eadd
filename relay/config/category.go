package config

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// Limits of a deployment's categories: every page loads them.
const (
	maxCategories   = 200
	maxTags         = 50 // of one category
	maxCategoryName = 100
	maxTag          = 1000
)

// Category is what some pages are about. A page belongs to it when one of the tags fits its address or its title.
type Category struct {
	Name string `yaml:"name" json:"name" doc:"What stands in the category of events; no semicolon"`
	Tags []Tag  `yaml:"tags" json:"tags" doc:"One has to fit the address or the title of a page; upper and lower case are alike"`
}

// Tag has exactly one of its fields.
type Tag struct {
	Plain  string `yaml:"plain" json:"plain,omitempty" doc:"Text that occurs"`
	Google string `yaml:"google" json:"google,omitempty" doc:"As one asks a search engine: all words occur; OR between alternatives, a minus before what must not occur, quotes around phrases"`
	Regex  string `yaml:"regex" json:"regex,omitempty" doc:"A regular expression of JavaScript that is found"`
}

func (c *Category) check() error {
	if c.Name == "" || len(c.Name) > maxCategoryName || strings.ContainsRune(c.Name, ';') {
		return fmt.Errorf("categories: %q is no name: 1 to %d bytes without a semicolon", c.Name, maxCategoryName)
	}
	if len(c.Tags) == 0 || len(c.Tags) > maxTags {
		return fmt.Errorf("category %q has 1 to %d tags, not %d", c.Name, maxTags, len(c.Tags))
	}
	for _, t := range c.Tags {
		if err := t.check(); err != nil {
			return fmt.Errorf("category %q: %w", c.Name, err)
		}
	}
	return nil
}

func (t *Tag) check() error {
	named := 0
	for _, text := range []string{t.Plain, t.Google, t.Regex} {
		if text != "" {
			named++
		}
		if len(text) > maxTag {
			return fmt.Errorf("a tag has at most %d bytes", maxTag)
		}
	}
	if named != 1 {
		return fmt.Errorf("a tag is one of plain, google and regex")
	}
	return checkExpression(t.Regex)
}

// dialect is what Go takes for a mistake, and JavaScript may have a meaning for.
var dialect = map[syntax.ErrorCode]bool{
	syntax.ErrInvalidPerlOp: true, syntax.ErrInvalidEscape: true, syntax.ErrInvalidNamedCapture: true, syntax.ErrInvalidRepeatSize: true,
}

// checkExpression finds the mistakes that are ones for browsers as well, so that an operator hears of them at start.
func checkExpression(source string) error {
	_, err := syntax.Parse(source, syntax.Perl)
	var mistake *syntax.Error
	if errors.As(err, &mistake) && !dialect[mistake.Code] {
		return fmt.Errorf("the regular expression %q: %w", source, err)
	}
	return nil
}

func checkCategories(all []Category) error {
	if len(all) > maxCategories {
		return fmt.Errorf("at most %d categories, not %d", maxCategories, len(all))
	}
	names := unique{what: "category", errs: new([]error)}
	for i := range all {
		names.add(all[i].Name)
		if err := all[i].check(); err != nil {
			return err
		}
	}
	if errs := *names.errs; len(errs) > 0 {
		return errs[0]
	}
	return nil
}
