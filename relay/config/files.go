package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"
)

// Files says what may be sent in a deployment's conversations. Counts and sums are for each participant of each session.
type Files struct {
	Enabled      bool     `yaml:"enabled" doc:"Files may be sent. Default false"`
	MaxFiles     int      `yaml:"max_files" doc:"Files that each side may send in one conversation, 1 to 1000. Default 20"`
	MaxFileSize  Size     `yaml:"max_file_size" doc:"Of one file: bytes, or with kB, MB or GB (1024 each), at most 1GB. Default 10MB"`
	MaxTotalSize Size     `yaml:"max_total_size" doc:"Of all files that one side sends in one conversation. Default 100MB"`
	Types        []string `yaml:"types" doc:"Extensions in lower case, without the dot. Contents that contradict their extension are refused, also those of an archive that is called a document, a table or slides. Default: gif, jpeg, jpg, pdf, png, txt, webp"`
	NeedAgent    bool     `yaml:"need_agent" doc:"Visitors send files only while an agent is in the conversation. Default false"`
}

// Scanner is a virus scanner: a program or a service. While it does not work, no file gets through.
type Scanner struct {
	Command []string `yaml:"command" doc:"A program and its arguments, run for each file, which it finds on its standard input, or at the path that stands for {file} in an argument. Exit status 0: clean, 1: refused, else: broken"`
	URL     string   `yaml:"url" doc:"Where each file is posted instead. 200: clean, 4xx: refused, else: broken"`
	Timeout Seconds  `yaml:"timeout" doc:"Seconds for one file, 1 to 600. Default 60"`
}

// Seconds is a whole number of them.
type Seconds int

// Duration is the same for Go.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

const (
	defaultMaxFiles     = 20
	defaultMaxFileSize  = 10 << 20
	defaultMaxTotalSize = 100 << 20
	mostFiles           = 1000
	MaxFileSize         = 1 << 30
	defaultScanSeconds  = 60
	mostScanSeconds     = 600
)

// DefaultFiles is what --dev allows: everything at its default, and switched on.
func DefaultFiles() Files {
	f := Files{Enabled: true}
	f.fillIn()
	return f
}

func (f *Files) fillIn() {
	if f.MaxFiles == 0 {
		f.MaxFiles = defaultMaxFiles
	}
	if f.MaxFileSize == 0 {
		f.MaxFileSize = defaultMaxFileSize
	}
	if f.MaxTotalSize == 0 {
		f.MaxTotalSize = max(defaultMaxTotalSize, f.MaxFileSize)
	}
	if len(f.Types) == 0 {
		f.Types = []string{"gif", "jpeg", "jpg", "pdf", "png", "txt", "webp"}
	}
}

var extension = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

func (f *Files) check() error {
	switch {
	case f.MaxFiles < 1 || f.MaxFiles > mostFiles:
		return fmt.Errorf("files: max_files is 1 to %d", mostFiles)
	case f.MaxFileSize < 1 || f.MaxFileSize > MaxFileSize:
		return errors.New("files: max_file_size is 1 byte to 1GB")
	case f.MaxTotalSize < f.MaxFileSize:
		return errors.New("files: max_total_size is less than max_file_size")
	}
	for _, t := range f.Types {
		if !extension.MatchString(t) {
			return fmt.Errorf("files: types: %q is not an extension such as pdf", t)
		}
	}
	return nil
}

// fillIn takes what is missing from the common scanner.
func (s *Scanner) fillIn(common Scanner) {
	if len(s.Command) == 0 && s.URL == "" {
		s.Command, s.URL = common.Command, common.URL
		s.Timeout = cmp.Or(s.Timeout, common.Timeout)
	}
	s.Timeout = cmp.Or(s.Timeout, defaultScanSeconds)
}

func (s *Scanner) check() error {
	switch {
	case len(s.Command) > 0 && s.URL != "":
		return errors.New("scanner: command and url exclude each other")
	case len(s.Command) > 0 && s.Command[0] == "":
		return errors.New("scanner: command: the program's name is empty")
	case s.Timeout < 0 || s.Timeout > mostScanSeconds:
		return fmt.Errorf("scanner: timeout is 1 to %d seconds", mostScanSeconds)
	case s.URL == "":
		return nil
	}
	u, err := url.Parse(s.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("scanner: url is not an http:// or https:// URL") // it may hold a secret, so it is not repeated
	}
	return nil
}
