package web

import (
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

func TestTheFrameIsToldOfItsCookie(t *testing.T) {
	s := newSite(t, nil)
	for cookie, want := range map[string]bool{"__Host-foyer.shop=x": true, "foyer.shop=x": true, "foyer.other=x": false, "": false} {
		r := s.get(bridgeOf("shop", "https://shop.example"), "Cookie", cookie)
		if page := body(t, r); strings.Contains(page, "data-cookie") != want || strings.Contains(page, "=x") {
			t.Errorf("%q: got %s", cookie, page)
		}
	}
}
