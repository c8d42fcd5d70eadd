package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `
deployments:
  - name: shop
    origins: [https://shop.example, https://*.shop.example]
    api_keys: [k1]
    organization_ids: [o1]
    service_names: [chat]
    consent: true
    languages: [de, en]
    queue: sales
    features: {chat: true, monitoring: true, typing_preview: true}
  - name: plain
queues:
  - name: sales
agents:
  - username: ann
    password_hash: $2a$10$abc
rules: []
`

func TestFileIsReadWithItsDefaults(t *testing.T) {
	f, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	shop, plain, ann := f.Deployments[0], f.Deployments[1], f.Agents[0]
	if shop.Queue != "sales" || !shop.Consent || shop.Languages[0] != "de" || !shop.Features.TypingPreview {
		t.Errorf("shop is %+v", shop)
	}
	if plain.Queue != "plain" || len(plain.Languages) != 1 || plain.Languages[0] != "en" || plain.Features.Chat {
		t.Errorf("plain is %+v", plain)
	}
	if ann.Name != "ann" || ann.Capacity != DefaultCapacity {
		t.Errorf("ann is %+v", ann)
	}
}

func TestEmptyFileOpensNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "deployments:\n"} {
		f, err := Parse([]byte(text))
		if err != nil || len(f.Deployments) != 0 {
			t.Errorf("%q gave %+v, %v", text, f, err)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"unknown key at the top", "colour: red\n", `line 1: unknown key "colour"`},
		{"unknown key inside", "deployments:\n  - name: a\n    orgins: []\n", `line 3: unknown key "orgins"`},
		{"unknown feature", "deployments:\n  - name: a\n    features: {chats: true}\n", `unknown key "chats"`},
		{"two unknown keys", "one: 1\ntwo: 2\n", `unknown key "two"`},
		{"not YAML", "deployments: [", "line 1"},
		{"out of line", "queues: []\ndeployments:\n  - name: a\n   origins: [x]\n", "line 4: did not find"},
		{"a tab", "queues: []\ndeployments:\n\t- name: a\n", "line 3: found character"},
		{"a quote that is left open", "queues: []\ndeployments:\n  - name: \"a\n    queue: b\n", "line 3: "},
		{"wrong kind", "deployments: yes\n", "line 1"},
		{"two documents", "queues: []\n---\nqueues: []\n", "more than one"},
		{"name missing", "deployments:\n  - origins: []\n", "deployment"},
		{"name with a slash", "deployments:\n  - name: a/b\n", `"a/b"`},
		{"name twice", "deployments:\n  - name: a\n  - name: a\n", `"a" is named twice`},
		{"one API key for two", "deployments:\n  - {name: a, api_keys: [k]}\n  - {name: b, api_keys: [k]}\n", `api_keys value "k"`},
		{"one service for two", "deployments:\n  - {name: a, service_names: [k]}\n  - {name: b, service_names: [k]}\n", `service_names value "k"`},
		{"queue that is not there", "deployments:\n  - {name: a, queue: q}\n", `no queue "q"`},
		{"language", "deployments:\n  - {name: a, languages: [English]}\n", `"English"`},
		{"identity of nobody", "deployments:\n  - {name: a, identity: maybe}\n", "identity"},
		{"chats kept for less than nothing", "deployments:\n  - {name: a, retention: -1}\n", "retention"},
		{"chats kept for too long", "deployments:\n  - {name: a, retention: 3651}\n", "retention"},
		{"addresses of a strange kind", "deployments:\n  - {name: a, visitor_addresses: some}\n", "visitor_addresses"},
		{"vanished before they came", "deployments:\n  - {name: a, vanished_after: -2}\n", "vanished_after"},
		{"an agent's queue that is not there", "deployments:\n  - {name: a, queue: q}\nqueues: [{name: q}]\nagents:\n  - {username: b, password_hash: $2a$, queues: [q, a]}\n", `agent "b": there is no queue "a"`},
		{"a rule that does nothing", "rules:\n  - {name: r}\n", `rule "r": line 2: do: nothing is to be done`},
		{"a rule of two actions in one", "rules:\n\n  - name: r\n    do: [{wait: 3, webhook: {url: 'https://a.example'}}]\n", `rule "r": line 3: do, action 1`},
		{"a rule that is known already", "rules:\n  - &r {name: r, do: [{wait: 3}]}\n  - *r\n", `"r"`},
		{"an unknown key of a rule", "rules:\n  - {name: r, whne: x}\n", `line 2: unknown key "whne"`},
		{"plain password", "agents:\n  - {username: a, password_hash: secret}\n", "bcrypt"},
		{"upper-case username", "agents:\n  - {username: Ann, password_hash: $2a$}\n", `"Ann"`},
		{"capacity", "agents:\n  - {username: a, password_hash: $2a$, capacity: -1}\n", "capacity"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if err == nil {
				t.Fatal("was accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("said %q, without %q", err, c.want)
			}
			if strings.Contains(err.Error(), "config.") {
				t.Errorf("speaks of Go's types: %q", err)
			}
		})
	}
}

func TestErrorNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.yaml")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("colour: red"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a faulty file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("deployments: [{name: a, queue: *x}]"))
	f.Add([]byte("rules: [&a {name: r, when: 'seconds > 3', pattern: {kind: counter, events: [A], count: 2}, do: [{wait: 3}]}, *a, null]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse(text)
		if err != nil {
			return
		}
		for _, d := range file.Deployments {
			if d.Name == "" || d.Queue == "" || len(d.Languages) == 0 {
				t.Fatalf("accepted %+v", d)
			}
		}
	})
}

// FuzzCheckExpression: what is let through is safe to give to browsers as far as Go can tell, and what is refused is said
// why.
func FuzzCheckExpression(f *testing.F) {
	for _, source := range []string{"", "tents?", "(a+)+", "(foo|bar)*", "(", `\p{Greek}`, "(?<n>a)", "a{1,1000}", "[", "(?i)x{2,}{2,}"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		err := checkExpression(source)
		if err != nil && !strings.Contains(err.Error(), "regular expression") {
			t.Errorf("%q: %v", source, err)
		}
	})
}
