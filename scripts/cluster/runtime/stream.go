package runtime

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"k8s.io/client-go/tools/remotecommand"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	utilexec "k8s.io/utils/exec"

	"auditweave/cluster/network"
)

// Exec, Attach and PortForward prepare a stream and say where it is; streams serve it.
func (r *Runtime) Exec(_ context.Context, request *runtimeapi.ExecRequest) (*runtimeapi.ExecResponse, error) {
	return r.streams.GetExec(request)
}

func (r *Runtime) Attach(_ context.Context, request *runtimeapi.AttachRequest) (*runtimeapi.AttachResponse, error) {
	return r.streams.GetAttach(request)
}

func (r *Runtime) PortForward(_ context.Context, request *runtimeapi.PortForwardRequest) (*runtimeapi.PortForwardResponse, error) {
	return r.streams.GetPortForward(request)
}

// ExecSync runs a command for a probe or a hook. Probes that ask a port come as [ProbeCommand, path]: see patches.json.
func (r *Runtime) ExecSync(_ context.Context, id string, command []string, timeout time.Duration) ([]byte, []byte, error) {
	c, err := r.runningContainer(id)
	if err != nil {
		return nil, nil, err
	}
	var output strings.Builder
	exit := interpret(probeScript(command)).run(c.done, func(line string) { fmt.Fprintln(&output, line) })
	if exit != 0 {
		failed := utilexec.CodeExitError{Err: fmt.Errorf("command exited with %d", exit), Code: int(exit)}
		return []byte(output.String()), nil, failed
	}
	return []byte(output.String()), nil, nil
}

// ProbeCommand stands for a probe over the network. It fails when its path or service says so.
const ProbeCommand = "network-probe"

func probeScript(command []string) []string {
	if len(command) != 2 || command[0] != ProbeCommand {
		return command
	}
	if strings.Contains(command[1], "fail") {
		return []string{"sh", "-c", "echo HTTP probe failed with statuscode: 500; exit 1"}
	}
	return []string{"true"}
}

func (r *Runtime) runningContainer(id string) (*container, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.containers[id]
	if !ok {
		return nil, notFound("container", id)
	}
	if c.state != running {
		return nil, fmt.Errorf("container %q is not running", id)
	}
	return c, nil
}

// streams serves what was prepared.
type streams struct{ runtime *Runtime }

// Exec runs a command; a shell with input runs what it is told, line by line.
func (s streams) Exec(
	_ context.Context, id string, command []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize,
) error {
	c, err := s.runtime.runningContainer(id)
	if err != nil {
		return err
	}
	print := func(line string) {
		if out != nil {
			_, _ = fmt.Fprintln(out, line) // the peer may be gone
		}
	}
	var exit int32
	if in != nil && len(command) == 1 && isOneOf(path.Base(command[0]), []string{"sh", "bash", "ash"}) {
		for lines := bufio.NewScanner(in); lines.Scan() && !strings.HasPrefix(lines.Text(), "exit"); {
			exit = interpret([]string{"sh", "-c", lines.Text()}).run(c.done, print)
		}
	} else {
		exit = interpret(command).run(c.done, print)
	}
	if exit != 0 {
		return utilexec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", exit), Code: int(exit)}
	}
	return nil
}

// Attach shows what was printed and stays until the container ends or the input does.
func (s streams) Attach(
	_ context.Context, id string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize,
) error {
	c, err := s.runtime.runningContainer(id)
	if err != nil {
		return err
	}
	if out != nil {
		for _, line := range c.log.lines() {
			if _, err := fmt.Fprintln(out, line); err != nil {
				return err
			}
		}
	}
	gone := make(chan struct{})
	if in != nil {
		go func() {
			_, _ = io.Copy(io.Discard, in) // ends with the input
			close(gone)
		}()
	}
	select {
	case <-c.done:
	case <-gone:
	}
	return nil
}

// PortForward answers HTTP on every port.
func (s streams) PortForward(_ context.Context, _ string, _ int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	network.AnswerHTTP(stream)
	return nil
}
