package runtime

import (
	"path"
	"strings"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// program is what a command does: steps one after another, then an exit code.
type program struct {
	steps []step
	exit  int32
}

// step prints a line, or waits, or serves until it is stopped.
type step struct {
	line  string
	wait  time.Duration
	serve bool
}

func (p program) serves() bool { return len(p.steps) > 0 && p.steps[len(p.steps)-1].serve }

// run takes the program's time and gives its exit code; 137 when it was stopped.
func (p program) run(stop <-chan struct{}, print func(line string)) int32 {
	for _, s := range p.steps {
		switch {
		case s.serve:
			<-stop
			return 137
		case s.wait > 0:
			select {
			case <-stop:
				return 137
			case <-time.After(s.wait):
			}
		default:
			print(s.line)
		}
	}
	return p.exit
}

// shells are images whose own command is a shell or an interpreter: without input it ends at once.
var shells = []string{"busybox", "alpine", "debian", "ubuntu", "fedora", "bash", "python", "node", "golang"}

// programOf is a container's program: of its command and arguments, else of its image.
func programOf(config *runtimeapi.ContainerConfig) program {
	words := append(append([]string{}, config.GetCommand()...), config.GetArgs()...)
	image := path.Base(canonical(config.GetImage().GetUserSpecifiedImage()))
	if config.GetImage().GetUserSpecifiedImage() == "" {
		image = path.Base(canonical(config.GetImage().GetImage()))
	}
	name, _, _ := strings.Cut(image, ":")
	switch {
	case len(words) == 0 && name == "hello-world":
		return program{steps: []step{{line: "Hello from Docker!"}}}
	case len(words) == 0 && isOneOf(name, shells) && !config.GetStdin():
		return program{}
	case len(words) == 0 || len(config.GetCommand()) == 0 && strings.HasPrefix(words[0], "-"):
		return program{steps: []step{{line: "started " + name}, {serve: true}}}
	}
	p := interpret(words)
	if len(p.steps) == 0 || p.steps[0].line != "" {
		p.steps = append([]step{{wait: jitter(200 * time.Millisecond)}}, p.steps...)
	}
	return p
}

func isOneOf(name string, names []string) bool {
	for _, candidate := range names {
		if name == candidate {
			return true
		}
	}
	return false
}
