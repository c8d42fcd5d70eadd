package config

import (
	"fmt"
	"regexp"
)

// Notifications says what messages of the Notification Service may do on a deployment's pages.
type Notifications struct {
	Hosts     []string `yaml:"hosts" doc:"Other hosts from which gpe.appendContent may take content, each as an origin: https://media.example.com. The relay's own /server/resources/ always may"`
	Functions []string `yaml:"functions" doc:"Names of pages' functions that gpe.callFunction may call, and everything below them: shop.offers allows shop.offers.show. Default: _genesys.widgets.bus.command, CXBus.command"`
}

// functionName is a dotted name of a global function, as scripts write it.
var functionName = regexp.MustCompile(`^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$`)

// DefaultNotifications is what a deployment that says nothing allows.
func DefaultNotifications() Notifications {
	var n Notifications
	n.fillIn()
	return n
}

func (n *Notifications) fillIn() {
	if n.Functions == nil {
		n.Functions = []string{"_genesys.widgets.bus.command", "CXBus.command"}
	}
}

// check leaves the spelling of Hosts to relay/deployment, which knows how origins are written.
func (n *Notifications) check() error {
	for _, f := range n.Functions {
		if !functionName.MatchString(f) {
			return fmt.Errorf("notifications.functions: %q is not a name such as shop.offers.show", f)
		}
	}
	return nil
}
