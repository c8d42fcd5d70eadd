package main

import (
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/files"
	"foyer/relay/files/scanner"
)

// fileRules are what relay.yaml, as it was last read, says of a deployment's files.
func (r *relay) fileRules(name string) (files.Rules, error) {
	d, err := r.deployments.Resolve(deployment.Hints{Name: name})
	if err != nil {
		return files.Rules{}, err
	}
	return files.Rules{
		Enabled: d.Files.Enabled, MaxFiles: d.Files.MaxFiles, MaxFileBytes: int64(d.Files.MaxFileSize),
		MaxTotalBytes: int64(d.Files.MaxTotalSize), Types: d.Files.Types, NeedAgent: d.Files.NeedAgent,
		Scanner: scannerOf(d.Scanner),
	}, nil
}

// scannerOf gives nil where the operator has none.
func scannerOf(c config.Scanner) files.Scanner {
	switch {
	case len(c.Command) > 0:
		return scanner.Command{Args: c.Command, Timeout: c.Timeout.Duration()}
	case c.URL != "":
		return scanner.URL{URL: c.URL, Timeout: c.Timeout.Duration()}
	}
	return nil
}
