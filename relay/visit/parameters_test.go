package visit_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"foyer/relay/visit"
)

const shop = "https://shop.example"

func TestWhatLooksLikeASecretIsNotRecorded(t *testing.T) {
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	for address, want := range map[string]string{
		"/reset?token=S3CR3T&email=ann%40example.org": "/reset",
		"/a?access_token=x&page=2":                    "/a?page=2",
		"/a?resetPassword=x":                          "/a",
		"/a?code=4711&state=CA":                       "/a?state=CA",
		"/a?authCode=4711":                            "/a",
		"/a?apikey=1&api_key=1&key=1&x-api-key=1":     "/a",
		"/a?PHPSESSID=1;sid=2;b=3":                    "/a?b=3",
		"/a?sig=1&signature=1&X-Amz-Signature=1":      "/a",
		"/a?pass%77ord=1":                             "/a",
		"/a?to=ann%2540example.org":                   "/a",
		"/a?ann@example.org":                          "/a",
		"/a?t=" + jwt:                                 "/a",
		"/a?x=9f86d081884c7d659a2feaa0c55ad015":       "/a",
		"/a?x=0b5e4f3a-6d7c-4e8f-9a1b-2c3d4e5f6a7b":   "/a",
		"/a?x=4111111111111111":                       "/a",
		"/a?next=%2Fb%3Ftoken%3Dx":                    "/a",
		"/a?next=%2Fb%3Fpage%3D2":                     "/a?next=%2Fb%3Fpage%3D2",
		"/users/ann@example.org/orders":               "/users/*/orders",
		"/users/ann%40example.org":                    "/users/*",
		"/reset-password/abc123":                      "/reset-password/*",
		"/token/abc/next":                             "/token/*/next",
		"/v/aB3dE5fG7hI9jK1lM3nO5":                    "/v/*",
		"/shop;jsessionid=1A2B/tents":                 "/shop/tents",
		"/a#access_token=x&token_type=bearer&page=2":  "/a#page=2",
		"/a#/reset?token=x&page=2":                    "/a#/reset?page=2",
		"/a#/users/ann@example.org":                   "/a#/users/*",
	} {
		got := visit.Parameters(nil).Clean(shop + address)
		if got != shop+want {
			t.Errorf("%s is recorded as %s, want %s", address, strings.TrimPrefix(got, shop), want)
		}
		if again := visit.Parameters(nil).Clean(got); again != got {
			t.Errorf("%s is cleaned to %s once more", got, again)
		}
	}
}

func TestWhatPeopleWriteIsRecordedAsItIs(t *testing.T) {
	for _, address := range []string{
		"", "/", "about:blank", shop, shop + "/", shop + "/tents/blue-tent-3-persons-2024.html?page=2&sort=price",
		shop + "/search?q=blue+tent&keyword=tent&postcode=10115", shop + "/p/4006381333931",
		shop + "/a?utm_source=newsletter&utm_campaign=Spring_Sale_2024_Week_12",
		shop + "/TheQuickBrownFoxJumpsOverTheLazyDog", shop + "/a#section-2", shop + "/#/tents/blue", shop + "/#!/tents",
		shop + "/donaudampfschifffahrtsgesellschaftskapitaen", shop + "/a?price=10-20&color=red,blue", "http://localhost:8080/a?b=c",
		shop + "/a?q=%E3%83%86%E3%83%B3%E3%83%88", shop + "/%zz?a=%zz",
	} {
		if got := visit.Parameters(nil).Clean(address); got != address {
			t.Errorf("%s is recorded as %s", address, got)
		}
	}
}

func TestAnAddressIsRecordedWithoutItsUser(t *testing.T) {
	if got := visit.Parameters(nil).Clean("https://ann:pw@shop.example/a"); got != shop+"/a" {
		t.Errorf("recorded as %s", got)
	}
}

func TestTheParametersThatADeploymentNamesAreRecordedAndNoOthers(t *testing.T) {
	p := visit.Parameters{"code", "Page"}
	want := shop + "/a?code=SPRING&page=2#page=3"
	if got := p.Clean(shop + "/a?code=SPRING&q=tent&page=2#q=1&page=3"); got != want {
		t.Errorf("recorded as %s, want %s", got, want)
	}
	if got := (visit.Parameters{}).Clean(shop + "/a?q=1"); got != shop+"/a" {
		t.Errorf("with an empty list: recorded as %s", got)
	}
}

func TestEventsOfAllInterfacesAreRecordedWithoutSecrets(t *testing.T) {
	f := newFixture()
	data := map[string]any{"referrer": shop + "/b?token=x", "title": "A?token=x"}
	if err := f.Record(context.Background(), "demo", []visit.Event{event(1, func(e *visit.Event) {
		e.URL, e.Data = shop+"/a?token=x", data
	})}); err != nil {
		t.Fatal(err)
	}
	kept := f.store.kept[0]
	if kept.URL != shop+"/a" || kept.Data["referrer"] != shop+"/b" || kept.Data["title"] != "A?token=x" {
		t.Errorf("kept %+v", kept)
	}
	if data["referrer"] != shop+"/b?token=x" {
		t.Error("the caller's data was changed")
	}
}

func TestRandomValuesAreSeldomRecorded(t *testing.T) {
	source := rand.NewChaCha8([32]byte{})
	for bytes, most := range map[int]int{12: 100, 16: 40, 32: 5} { // of 2000; the shorter, the more look like a word
		missed := 0
		for range 1000 {
			b := make([]byte, bytes)
			_, _ = source.Read(b)
			for _, value := range []string{hex.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b)} {
				if visit.Parameters(nil).Clean(shop+"/?x="+value) != shop+"/" {
					missed++
				}
			}
		}
		if missed > most {
			t.Errorf("%d of 2000 values of %d bytes are recorded", missed, bytes)
		}
	}
}
