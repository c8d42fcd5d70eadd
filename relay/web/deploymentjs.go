package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"foyer/relay/deployment"
	"foyer/www"
)

// loaderTexts are the keys that foyer.js needs before the client's own texts are there.
var loaderTexts = []string{
	"ChatButton", "ChatTitle", "ChatConnecting", "ChatOpenWindow", "ChatOnlyInWindow", "AriaClose", "UnreadMessagesTitle",
}

// deploymentModule is what foyer.js asks first: GET /deployment.js?name=…, a module, so that a page needs no connect-src
// for it.
func (s *Site) deploymentModule(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) error {
	lang := language(r, dep)
	words := map[string]string{}
	for _, key := range loaderTexts {
		if t := s.texts.get(lang, key); t != "" {
			words[key] = t
		}
	}
	about := map[string]any{
		"name": dep.Name, "chat": dep.Chat, "callback": dep.Callback, "monitoring": dep.Monitoring, "consent": dep.Consent, "texts": words, "lang": lang,
		"restoreMs": dep.RestoreMs, "rungs": dep.Rungs, "seeks": dep.Seeks(),
		"notifications": map[string]any{"hosts": dep.Notifications.Hosts, "functions": dep.Notifications.Functions},
	}
	if zone, open := dep.Hours.Week(); dep.Callback && open != nil {
		about["hours"] = map[string]any{"zone": zone, "open": open}
	}
	if dep.Monitoring {
		about["dsl"] = map[string]any{
			"url": dep.DSL.URL, "expressions": dep.DSL.Expressions, "functions": dep.DSL.Functions, "never": dep.DSL.Never,
		}
		about["categories"] = dep.Categories
	}
	b, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("write the deployment: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", contentTypes[".js"])
	h.Set("Cache-Control", "private, max-age=60")
	h.Add("Vary", "Accept-Language")
	_, _ = fmt.Fprintf(w, "export default{...%s,base:import.meta.url.replace(/\\/deployment\\.js.*/,'')};\n", b)
	return nil
}

// language chooses among the deployment's languages by what the browser prefers.
func language(r *http.Request, dep *deployment.Deployment) string {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(tag, "-")
		for _, wanted := range []string{tag, base} {
			if i := slices.IndexFunc(dep.Languages, func(l string) bool { return strings.EqualFold(l, wanted) }); i >= 0 {
				return dep.Languages[i]
			}
		}
	}
	return dep.Languages[0]
}

// texts are those of the chat window, by language and key.
type texts map[string]map[string]string

func readTexts(assets fs.FS, m www.Manifest) (texts, error) {
	all := texts{}
	for name, path := range m.Files {
		lang, ok := strings.CutPrefix(name, "texts/webchat.")
		if !ok {
			continue
		}
		b, err := fs.ReadFile(assets, path)
		if err != nil {
			return nil, fmt.Errorf("read the texts %s: %w", name, err)
		}
		var t map[string]string
		if err := json.Unmarshal(b, &t); err != nil {
			return nil, fmt.Errorf("read the texts %s: %w", name, err)
		}
		all[strings.TrimSuffix(lang, ".json")] = t
	}
	return all, nil
}

// get looks a text up; in English where the language does not have it, "" where nobody has.
func (t texts) get(lang, key string) string { return cmp.Or(t[lang][key], t["en"][key]) }
