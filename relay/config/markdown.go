package config

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Markdown is the documentation of every setting: the flags with their environment variables, then the keys of
// relay.yaml. "relay settings" prints it, and www/docs/settings.md holds it.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# Settings

Every setting of the relay. This page is printed by ` + "`relay settings`" + `, so it tells of the version that it came with.

A flag wins over its environment variable, and that one over the default. An unknown key of relay.yaml is an error that
names it. On SIGHUP relay.yaml is read again; where it is faulty the log says so and the old one stays.

`)
	b.WriteString("| Flag | Environment | Default | What it does |\n|---|---|---|---|\n")
	for _, s := range Settings() {
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", s.Flag, s.Env, code(s.Default), s.Doc)
	}
	b.WriteString("\n| Key of relay.yaml | What it says |\n|---|---|\n")
	writeKeys(&b, reflect.TypeFor[File](), "")
	return b.String()
}

func writeKeys(b *strings.Builder, t reflect.Type, prefix string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("yaml") == "-" {
			continue // not the operator's
		}
		key, inner := prefix+f.Tag.Get("yaml"), f.Type
		if inner.Kind() == reflect.Slice {
			key, inner = key+"[]", inner.Elem()
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", key, f.Tag.Get("doc"))
		if inner.Kind() == reflect.Struct && !reflect.PointerTo(inner).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
			writeKeys(b, inner, key+".")
		}
	}
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}
