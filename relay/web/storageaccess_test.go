package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheFrameTakesUpAccessThatWasGrantedBefore(t *testing.T) {
	s := newSite(t, nil)
	for state, want := range map[string]string{"inactive": "load", "active": "", "none": "", "": ""} {
		r := s.get(bridgeOf("shop", "https://shop.example"), "Sec-Fetch-Storage-Access", state)
		wantHeader(t, r, "Activate-Storage-Access", want)
		wantHeader(t, r, "Vary", "Sec-Fetch-Storage-Access")
		if told := strings.Contains(body(t, r), "data-activated"); told != (want != "") {
			t.Errorf("%q: the frame is told %t", state, told)
		}
	}
}

func TestTheCookieProvidersFrameIsLoadedWithAccessThatWasGrantedBefore(t *testing.T) {
	s := newSite(t, nil)
	for state, want := range map[string]string{"inactive": "load", "active": "", "": ""} {
		r := s.get("/iframe.html", "Sec-Fetch-Storage-Access", state)
		wantHeader(t, r, "Activate-Storage-Access", want)
		wantHeader(t, r, "Vary", "Sec-Fetch-Storage-Access")
	}
	wantHeader(t, s.get("/foyer.js", "Sec-Fetch-Storage-Access", "inactive"), "Activate-Storage-Access", "")
}

func TestTheFrameIsToldOfItsCookie(t *testing.T) {
	s := newSite(t, nil)
	for cookie, want := range map[string]bool{"__Host-foyer.shop=x": true, "foyer.shop=x": true, "foyer.other=x": false, "": false} {
		r := s.get(bridgeOf("shop", "https://shop.example"), "Cookie", cookie)
		if page := body(t, r); strings.Contains(page, "data-cookie") != want || strings.Contains(page, "=x") {
			t.Errorf("%q: got %s", cookie, page)
		}
	}
}

func TestTheFrameThatAsksIsShownInPagesOfItsOriginOnly(t *testing.T) {
	s := newSite(t, nil)
	path := func(deployment, origin string) string {
		return strings.Replace(bridgeOf(deployment, origin), "/bridge.html", "/continue.html", 1)
	}
	r := s.get(path("shop", "https://shop.example"), "Accept-Language", "de")
	wantStatus(t, r, http.StatusOK)
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors https://shop.example") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	page := body(t, r)
	for _, want := range []string{`lang="de"`, `data-origin="https://shop.example"`, `src="/continue.7788.js"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s: %s", want, page)
		}
	}
	if !passIn.MatchString(page) {
		t.Errorf("there is no pass in %s", page)
	}
	wantStatus(t, s.get(path("quiet", "https://quiet.example")), http.StatusForbidden)
	for _, origin := range []string{"https://evil.example", "https://shop.example.evil.example", "null", "", "https://shop.example."} {
		r := s.get(path("shop", origin))
		if page := body(t, r); r.StatusCode == http.StatusOK || passIn.MatchString(page) {
			t.Errorf("%q got %d %s", origin, r.StatusCode, page)
		}
	}
}

func TestScriptsOfOtherSitesCannotTellWhetherThereIsACookie(t *testing.T) {
	s := newSite(t, nil)
	for _, tt := range []struct {
		site, dest string
		want       int
	}{
		{"cross-site", "iframe", http.StatusOK},
		{"same-site", "iframe", http.StatusOK},
		{"none", "document", http.StatusOK},
		{"same-origin", "empty", http.StatusOK},
		{"", "", http.StatusOK},
		{"cross-site", "empty", http.StatusForbidden},
		{"cross-site", "image", http.StatusForbidden},
		{"cross-site", "script", http.StatusForbidden},
		{"same-site", "empty", http.StatusForbidden},
	} {
		for _, page := range []string{"/bridge.html", "/continue.html"} {
			path := strings.Replace(bridgeOf("shop", "https://shop.example"), "/bridge.html", page, 1)
			sizes := map[int]bool{}
			for _, cookie := range []string{"", "__Host-foyer.shop=x"} {
				r := s.get(path, "Sec-Fetch-Site", tt.site, "Sec-Fetch-Dest", tt.dest, "Cookie", cookie)
				wantStatus(t, r, tt.want)
				sizes[len(body(t, r))] = true
			}
			if tt.want != http.StatusOK && len(sizes) != 1 {
				t.Errorf("%s for %s of %s: the size tells", page, tt.dest, tt.site)
			}
		}
	}
}
