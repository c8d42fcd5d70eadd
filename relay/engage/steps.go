package engage

import (
	"fmt"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// What one look at a condition may cost, whatever it says: all events of a deployment wait behind it.
const (
	stepsAtMost = 2_500   // elements that all, filter, reduce and the like go through; more than one event's data can hold
	memoryUnits = 100_000 // elements of lists, and bytes of texts, that it makes
)

// stepName is the function that counts; a condition cannot name it in another way than by taking a step.
const stepName = "__step"

// countSteps makes the predicates of a condition count how often they run.
type countSteps struct{}

// Visit implements ast.Visitor.
func (countSteps) Visit(node *ast.Node) {
	p, ok := (*node).(*ast.PredicateNode)
	if !ok {
		return
	}
	step := &ast.CallNode{Callee: &ast.IdentifierNode{Value: stepName}}
	p.Node = &ast.SequenceNode{Nodes: []ast.Node{step, p.Node}}
}

// run looks at a condition within these bounds.
func run(when *vm.Program, e *env) (bool, error) {
	taken := 0
	e.Step = func() (bool, error) {
		if taken++; taken > stepsAtMost {
			return false, fmt.Errorf("the condition goes through more than %d elements", stepsAtMost)
		}
		return true, nil
	}
	machine := vm.VM{MemoryBudget: memoryUnits}
	out, err := machine.Run(when, *e)
	if err != nil {
		return false, err
	}
	held, _ := out.(bool)
	return held, nil
}
