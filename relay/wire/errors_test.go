package wire

import (
	"errors"
	"fmt"
	"testing"
)

func TestEveryCodeHasAMeaning(t *testing.T) {
	closes := map[int]Code{}
	for _, c := range Codes() {
		m := Means(c)
		if m.HTTP < 400 || m.HTTP > 599 {
			t.Errorf("%s: HTTP status %d", c, m.HTTP)
		}
		if m.Key == "" {
			t.Errorf("%s has no text for people", c)
		}
		if m.Close == 0 {
			continue
		}
		if m.Close < 4000 || m.Close > 4999 {
			t.Errorf("%s: close code %d is not one for applications", c, m.Close)
		}
		if other, taken := closes[m.Close]; taken {
			t.Errorf("%s and %s share the close code %d", c, other, m.Close)
		}
		closes[m.Close] = c
	}
}

func TestUnknownCodeIsAnInternalOne(t *testing.T) {
	if Means("no such code") != Means(CodeInternal) {
		t.Error("an unknown code means something of its own")
	}
}

func TestProblemsAreFoundInsideOtherErrors(t *testing.T) {
	err := fmt.Errorf("send: %w", Problemf(CodeSessionEnded, "it is over"))
	if !errors.Is(err, &Problem{Code: CodeSessionEnded}) {
		t.Error("a wrapped problem is not found by its code")
	}
	if errors.Is(err, &Problem{Code: CodeNoSession}) {
		t.Error("a problem is found by another code")
	}
}

func TestErrorFrameSaysWhetherToTryAgain(t *testing.T) {
	f := ErrorFrame(9, &Problem{Code: CodeRate, Text: "slowly", RetryMs: 500}, true)
	if f.Ref != 9 || f.Code != CodeRate || !f.Retry || f.RetryMs != 500 || !f.Fatal || f.Text != "slowly" {
		t.Errorf("got %+v", f)
	}
	if ErrorFrame(1, Problemf(CodeForbidden, "no"), false).Retry {
		t.Error("forbidden is not worth another try")
	}
}
