package runtime

import (
	"path"
	"strconv"
	"strings"
	"time"
)

// endless are what a script says that never ends.
var endless = []string{"while true", "while :", "tail -f", "sleep infinity", "sleep inf"}

// interpret reads a command, or the script of a shell's -c, as far as its output, time and exit code go. It knows no
// variables, pipes or conditions: `a && b` and `a; b` do both, unless a fails.
func interpret(words []string) program {
	script := strings.Join(words, " ")
	if len(words) > 2 && isOneOf(path.Base(words[0]), []string{"sh", "bash", "ash"}) && strings.HasPrefix(words[1], "-") {
		script = words[len(words)-1]
	}
	var p program
	for _, statement := range strings.FieldsFunc(strings.ReplaceAll(script, "&&", ";"), func(c rune) bool { return c == ';' || c == '\n' }) {
		for _, phrase := range endless {
			if strings.Contains(statement, phrase) {
				p.steps = append(p.steps, step{serve: true})
				return p
			}
		}
		if stop := p.add(strings.Fields(statement)); stop {
			return p
		}
	}
	return p
}

// add does one statement; true when the script ends with it.
func (p *program) add(words []string) bool {
	if len(words) == 0 {
		return false
	}
	name, arguments := path.Base(words[0]), words[1:]
	switch name {
	case "sleep":
		p.steps = append(p.steps, step{wait: parseSleep(arguments)})
	case "exit":
		p.exit = parseExit(arguments)
		return true
	case "false":
		p.exit = 1
		return true
	case "echo", "printf":
		p.print(strings.Trim(strings.Join(arguments, " "), `"'`))
	case "date":
		p.print(time.Now().UTC().Format(time.UnixDate))
	case "nginx", "httpd", "redis-server", "postgres", "serve", "server":
		p.steps = append(p.steps, step{serve: true})
		return true
	default:
		if strings.Contains(words[0], "does-not-exist") {
			p.exit = 127
			return true
		}
		for _, line := range outputs[name] {
			p.print(line)
		}
		if _, known := outputs[name]; !known {
			p.steps = append(p.steps, step{wait: jitter(500 * time.Millisecond)})
		}
	}
	return false
}

func (p *program) print(line string) { p.steps = append(p.steps, step{line: line}) }

// outputs is what common commands print.
var outputs = map[string][]string{
	"cat":      {"search default.svc.cluster.local svc.cluster.local cluster.local", "nameserver 10.96.0.10"},
	"df":       {"Filesystem 1K-blocks Used Available Use% Mounted on", "overlay 104857600 20971520 83886080 20% /"},
	"env":      {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "KUBERNETES_SERVICE_HOST=10.96.0.1"},
	"hostname": {"pod"},
	"id":       {"uid=0(root) gid=0(root) groups=0(root)"},
	"ls":       {"bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"},
	"mkdir":    {},
	"printenv": {"KUBERNETES_SERVICE_HOST=10.96.0.1"},
	"ps":       {"PID   USER     TIME  COMMAND", "    1 root      0:00 main"},
	"pwd":      {"/"},
	"rm":       {},
	"sh":       {},
	"test":     {},
	"touch":    {},
	"true":     {},
	"uname":    {"Linux"},
	"whoami":   {"root"},
}

func parseSleep(arguments []string) time.Duration {
	if len(arguments) == 0 {
		return time.Second
	}
	text := strings.Trim(arguments[0], `"'`)
	if duration, err := time.ParseDuration(text); err == nil && duration > 0 {
		return duration
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	return time.Second
}

func parseExit(arguments []string) int32 {
	if len(arguments) == 0 {
		return 0
	}
	code, err := strconv.ParseUint(arguments[0], 10, 8)
	if err != nil {
		return 2
	}
	return int32(code)
}
