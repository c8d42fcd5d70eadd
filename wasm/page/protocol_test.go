package page

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// definition is protocol.json: what the page and Go both name.
type definition struct {
	Version    int
	FromPage   map[string]map[string]string
	FromGo     map[string]map[string]string
	Page       map[string]string
	References map[string]map[string]any
	Named      map[string]string
	Kept       map[string]string
	Services   map[string]map[string]string
}

func readDefinition(t *testing.T) (d definition) {
	t.Helper()
	b, err := os.ReadFile("protocol.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// sources are the files of wasm with code that is not a test's.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		files[path] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// constants are the texts of a package's constants whose names fit.
func constants(t *testing.T, dir, names string) (texts []string) {
	t.Helper()
	fits := regexp.MustCompile(names)
	for _, file := range sources(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Values) == 1 && fits.MatchString(spec.Names[0].Name) {
				if text, ok := textOf(spec.Values[0]); ok {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	slices.Sort(texts)
	return texts
}

func textOf(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func TestConstantsAreThoseOfTheDefinition(t *testing.T) {
	d := readDefinition(t)
	messages := append(sorted(d.FromPage), sorted(d.FromGo)...)
	slices.Sort(messages)
	ours := maps.Clone(d.Kept) // without what the page keeps for itself
	maps.DeleteFunc(ours, func(_, note string) bool { return note == "the page's own" })
	changes := maps.Clone(d.Page)
	changes[OnConfigured] = "told by the message config"
	for what, test := range map[string]struct{ got, want []string }{
		"messages":   {constants(t, ".", "^Msg"), messages},
		"kept keys":  {constants(t, ".", "^Keep"), sorted(ours)},
		"changes":    {constants(t, ".", "^On[A-Z]"), sorted(changes)},
		"named":      {constants(t, ".", "^Named[A-Z]"), sorted(d.Named)},
		"references": {constants(t, ".", "^ref[A-Z]"), referenceKeys(d)},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: %q, the definition has %q", what, test.got, test.want)
		}
	}
	if d.Version != Version {
		t.Errorf("version %d, the definition has %d", Version, d.Version)
	}
	for _, key := range constants(t, "../chat", "^keep[A-Z]") {
		if _, there := d.Kept[key]; !there {
			t.Errorf("package chat keeps %q, which the definition does not have", key)
		}
	}
}

func referenceKeys(d definition) (keys []string) {
	for _, sample := range d.References {
		keys = append(keys, sorted(sample)...)
	}
	slices.Sort(keys)
	return keys
}

func TestReferencesAreThoseOfTheDefinition(t *testing.T) {
	d := readDefinition(t)
	for kind, made := range map[string]any{
		"expression": Expression("a+", "gi"), "selected": ElementOf(`x"y`), "named": Named(NamedCommon),
	} {
		if !reflect.DeepEqual(made, any(d.References[kind])) {
			t.Errorf("%s: %v, the definition has %v", kind, made, d.References[kind])
		}
	}
	if n, ok := FunctionOf(d.References["function"]); !ok || n != 0 {
		t.Errorf("a function is read as %v, %v", n, ok)
	}
	if n, ok := ElementNumber(d.References["element"]); !ok || n != 0 {
		t.Errorf("an element is read as %v, %v", n, ok)
	}
	if source, flags, ok := ExpressionOf(d.References["expression"]); !ok || source != "a+" || flags != "gi" {
		t.Errorf("an expression is read as /%s/%s, %v", source, flags, ok)
	}
}

// References are made and read here only, so that a shape which the page does not know cannot come about elsewhere.
func TestNobodyElseMakesReferences(t *testing.T) {
	for path, file := range sources(t, "..") {
		if path == filepath.Join("..", "page", "reference.go") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if text, ok := textOf(e); ok && regexp.MustCompile(`^\$[a-z]`).MatchString(text) {
					t.Errorf("%s has %q of its own", path, text)
				}
			}
			return true
		})
	}
}

// TestServicesAreThoseOfTheDefinition reads which services Go orders, and with which arguments, where it writes them down.
func TestServicesAreThoseOfTheDefinition(t *testing.T) {
	d := readDefinition(t)
	ordered := map[string]bool{}
	for path, file := range sources(t, "..") {
		if strings.HasPrefix(path, filepath.Join("..", "browser")) || strings.HasPrefix(path, filepath.Join("..", "page")) {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || !strings.EqualFold(called(call), "call") {
				return true
			}
			service, ok := textOf(call.Args[0])
			if !ok {
				return true
			}
			ordered[service] = true
			args, there := d.Services[service]
			if !there {
				t.Errorf("%s orders %q, which the definition does not have", path, service)
			}
			for _, arg := range fieldsOf(call.Args[1]) {
				if _, known := args[arg]; !known {
					t.Errorf("%s orders %q with %q, which the definition does not have", path, service, arg)
				}
			}
			return true
		})
	}
	for _, text := range constants(t, "../visitor", "^service") {
		ordered[text] = true
	}
	if got := slices.Sorted(maps.Keys(ordered)); !slices.Equal(got, sorted(d.Services)) {
		t.Errorf("Go orders %q, the definition has %q", got, sorted(d.Services))
	}
}

func called(call *ast.CallExpr) string {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

// fieldsOf are the keys of an object that is written down: map[string]any{…} or shape.Object(…).
func fieldsOf(e ast.Expr) (fields []string) {
	switch e := e.(type) {
	case *ast.CompositeLit:
		for _, element := range e.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				if key, ok := textOf(pair.Key); ok {
					fields = append(fields, key)
				}
			}
		}
	case *ast.CallExpr:
		for i := 0; i < len(e.Args) && called(e) == "Object"; i += 2 {
			if key, ok := textOf(e.Args[i]); ok {
				fields = append(fields, key)
			}
		}
	}
	return fields
}
