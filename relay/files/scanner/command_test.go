package scanner

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foyer/relay/files"
)

var file = files.File{ID: "f", Name: "ü b.txt", Size: 5}

func shell(script string) Command {
	return Command{Args: []string{"sh", "-c", script}, Timeout: time.Minute}
}

func TestExitStatusIsTheVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		clean  bool
		fails  string
	}{
		"clean":                  {`exit 0`, true, ""},
		"refused":                {`exit 1`, false, ""},
		"broken":                 {`echo no database >&2; exit 2`, false, "no database"},
		"killed":                 {`kill -9 $$`, false, "killed"},
		"reads its input":        {`test "$(cat)" = virus && exit 1; exit 0`, false, ""},
		"does not read":          {`exec <&-; exit 0`, true, ""},
		"knows the name":         {`test "$FOYER_FILE_NAME" = "ü b.txt"`, true, ""},
		"knows no secrets of us": {`test -z "$FOYER_TEST_SECRET"`, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("FOYER_TEST_SECRET", "secret")
			clean, err := shell(test.script).Scan(t.Context(), file, strings.NewReader("virus"))
			if clean != test.clean || (err != nil) != (test.fails != "") {
				t.Fatalf("clean %v, %v", clean, err)
			}
			if err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Error(err)
			}
		})
	}
}

func TestAProgramThatIsNotThereIsAnError(t *testing.T) {
	c := Command{Args: []string{filepath.Join(t.TempDir(), "none")}, Timeout: time.Minute}
	if clean, err := c.Scan(t.Context(), file, strings.NewReader("x")); clean || err == nil {
		t.Errorf("clean %v, %v", clean, err)
	}
}

func TestAFileOnDiskIsRemovedAfterwards(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := Command{Args: []string{"sh", "-c", `test "$(cat "$1")" = virus && exit 1; exit 0`, "sh", "{file}"}, Timeout: time.Minute}
	if clean, err := c.Scan(t.Context(), file, strings.NewReader("virus")); clean || err != nil {
		t.Errorf("clean %v, %v", clean, err)
	}
	if clean, err := c.Scan(t.Context(), file, strings.NewReader("fine!")); !clean || err != nil {
		t.Errorf("clean %v, %v", clean, err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestAProgramThatHangsIsEnded(t *testing.T) {
	c := shell(`exec sleep 1000`)
	c.Timeout = 50 * time.Millisecond
	if clean, err := c.Scan(t.Context(), file, strings.NewReader("x")); clean || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("clean %v, %v", clean, err)
	}
}

// broken is a file that cannot be read to its end.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestAFileThatCannotBeReadIsNotClean(t *testing.T) {
	for name, args := range map[string][]string{"input": {"cat"}, "path": {"true", "{file}"}} {
		c := Command{Args: args, Timeout: time.Minute}
		if clean, err := c.Scan(t.Context(), file, broken{}); clean || err == nil || !strings.Contains(err.Error(), "disk on fire") {
			t.Errorf("%s: clean %v, %v", name, clean, err)
		}
	}
}
