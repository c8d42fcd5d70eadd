package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// addScripts bundles what customers' pages and the frame load.
func addScripts(ctx context.Context, o options, a *assets) error {
	exec, err := wasmExec(ctx)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		name, entry string
		format      api.Format
	}{
		{"foyer.css", "www/loader/foyer.css", api.FormatDefault},
		{"bridge.js", "www/frame/bridge.js", api.FormatIIFE},
		{"continue.js", "www/frame/continue.js", api.FormatIIFE},
		{"continue.css", "www/frame/continue.css", api.FormatDefault},
		{"worker.js", "www/frame/worker.js", api.FormatIIFE},
	} {
		out, err := bundle(o.path(s.entry), s.format, map[string]string{"go:wasm_exec": exec}, nil)
		if err != nil {
			return err
		}
		a.addHashed(s.name, out)
	}
	if err := addCookieProvider(o, a, exec); err != nil {
		return err
	}
	if err := addJQuery(o, a); err != nil {
		return err
	}
	// Each names files that were made before it. foyer.js has a stable name, all others are cached for ever.
	for _, s := range []struct {
		name, entry string
		format      api.Format
		names       map[string]string
	}{
		{"foyer-view.js", "www/loader/view/view.js", api.FormatESModule, nil},
		{"foyer-monitor.js", "www/loader/monitor/monitor.js", api.FormatESModule, nil},
		{"foyer-lean.js", "www/loader/lean.js", api.FormatESModule, nil},
		{"foyer-cookies.js", "www/cookieprovider/provider.js", api.FormatESModule, nil},
		{"foyer-common.js", "www/loader/widgets/old-pages.js", api.FormatESModule, map[string]string{"FOYER_JQUERY": "jquery.js"}},
		{"foyer-callback.js", "www/loader/callback/callback.js", api.FormatESModule, nil},
		{"foyer-invite.js", "www/loader/invite/invite.js", api.FormatESModule, nil},
		{"foyer-handoff.js", "www/loader/handoff/handoff.js", api.FormatESModule, nil},
		{"foyer-continue.js", "www/loader/continue/continue.js", api.FormatESModule, nil},
		{"foyer-go.js", "www/loader/go/go.js", api.FormatESModule, map[string]string{
			"FOYER_HANDOFF": "foyer-handoff.js", "FOYER_CONTINUE": "foyer-continue.js", "FOYER_CALLBACK": "foyer-callback.js", "FOYER_INVITE": "foyer-invite.js", "FOYER_VIEW": "foyer-view.js",
			"FOYER_MONITOR": "foyer-monitor.js",
		}},
		{"foyer-front.js", "www/loader/front.js", api.FormatESModule, map[string]string{"FOYER_STYLE": "foyer.css"}},
		{"foyer.js", "www/loader/foyer.js", api.FormatIIFE, map[string]string{
			"FOYER_FRONT":   "foyer-front.js",
			"FOYER_COMMON":  "foyer-common.js",
			"FOYER_COOKIES": "foyer-cookies.js",
			"FOYER_GO":      "foyer-go.js",
			"FOYER_LEAN":    "foyer-lean.js",
		}},
	} {
		define := map[string]string{}
		for name, file := range s.names {
			define[name] = quote(a.paths[file])
		}
		own := "handed.js"
		if s.name == "foyer.js" {
			own = "own.js"
		}
		out, err := bundleForPages(o, s.entry, s.format, own, define)
		if err != nil {
			return err
		}
		if s.name == "foyer.js" {
			a.add(s.name, out)
		} else {
			a.addHashed(s.name, out)
		}
	}
	return nil
}

// addCookieProvider takes what customers copy to hosts of their own: all under stable names, since each names the next.
func addCookieProvider(o options, a *assets, exec string) error {
	frame, err := bundle(o.path("www/cookieprovider/iframe.js"), api.FormatIIFE, map[string]string{"go:wasm_exec": exec}, nil)
	if err != nil {
		return err
	}
	a.add("iframe.min.js", frame)
	provider, err := bundleForPages(o, "www/cookieprovider/cookie-provider.js", api.FormatIIFE, "own.js", nil)
	if err != nil {
		return err
	}
	a.add("cookie-provider.min.js", provider)
	page, err := os.ReadFile(o.path("www/cookieprovider/iframe.html"))
	if err != nil {
		return err
	}
	a.add("iframe.html", page)
	return nil
}

// addJQuery takes jQuery where npm has installed it, as a module, for pages whose extensions expect it. A build without it
// works; foyer-common.js tells pages what is missing.
func addJQuery(o options, a *assets) error {
	const entry = "www/e2e/node_modules/jquery/dist/jquery.js"
	if _, err := os.Stat(o.path(entry)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	out, err := bundle(o.path(entry), api.FormatESModule, nil, nil)
	if err != nil {
		return err
	}
	a.addHashed("jquery.js", out)
	return nil
}

// addDesktop takes the agent desktop. In its index.html {{asset "desktop.js"}} stands for the path of a file.
func addDesktop(o options, a *assets) error {
	if o.noWasm {
		return nil // its page names the binary
	}
	page, err := os.ReadFile(o.path("www/desktop/index.html"))
	if errors.Is(err, os.ErrNotExist) || o.noWasm { // the page names its program
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"desktop.js", "desktop.css"} {
		out, err := bundle(o.path("www/desktop", name), api.FormatIIFE, nil, nil)
		if err != nil {
			return err
		}
		a.addHashed(name, out)
	}
	filled, err := fillAssets(string(page), a.paths)
	if err != nil {
		return fmt.Errorf("www/desktop/index.html: %w", err)
	}
	a.add("desktop/index.html", []byte(filled))
	return nil
}

// fillAssets replaces each {{asset "name"}} by the path of the file from the root of the site.
func fillAssets(page string, paths map[string]string) (string, error) {
	const open, end = `{{asset "`, `"}}`
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(page, open)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, end)
		if !closed {
			return "", errors.New("an {{asset without end")
		}
		p, known := paths[name]
		if !known {
			return "", fmt.Errorf("no asset is called %q", name)
		}
		b.WriteString("/" + p)
		page = after
	}
}

// bundleForPages gives a script that runs on strangers' pages, which may have taken the names of the browser's globals for
// themselves: it has them from the file own in www/loader/own.
func bundleForPages(o options, entry string, format api.Format, own string, define map[string]string) ([]byte, error) {
	folder, err := filepath.Abs(o.path("www/loader/own"))
	if err != nil {
		return nil, err
	}
	return bundle(o.path(entry), format, map[string]string{"own:": filepath.Join(folder, own)}, define, filepath.Join(folder, "names.js"))
}

// bundle gives one minified script or style. resolve maps import names to files; define replaces identifiers.
func bundle(entry string, format api.Format, resolve, define map[string]string, inject ...string) ([]byte, error) {
	res := api.Build(api.BuildOptions{
		EntryPoints:       []string{entry},
		Bundle:            true,
		Format:            format,
		Target:            api.ES2021,
		Platform:          api.PlatformBrowser,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Define:            define,
		Inject:            inject,
		Plugins:           []api.Plugin{resolver(resolve)},
		LogLevel:          api.LogLevelSilent,
	})
	if len(res.Errors) > 0 {
		msgs := api.FormatMessages(res.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, errors.New(strings.Join(msgs, "\n"))
	}
	if len(res.OutputFiles) != 1 {
		return nil, fmt.Errorf("bundle %s: %d files came out, not one", entry, len(res.OutputFiles))
	}
	return res.OutputFiles[0].Contents, nil
}

func resolver(files map[string]string) api.Plugin {
	return api.Plugin{Name: "resolver", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^(go|own):`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			file, ok := files[args.Path]
			if !ok {
				return api.OnResolveResult{}, fmt.Errorf("nothing is called %s", args.Path)
			}
			return api.OnResolveResult{Path: file}, nil
		})
	}}
}

func quote(s string) string { return `"` + s + `"` }
