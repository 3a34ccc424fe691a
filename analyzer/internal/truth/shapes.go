package truth

// This file makes what creates and what owns: pairs, wrappers, constructors,
// containers, and types with a release method.

import (
	"fmt"
	"strings"
)

// creator is the call that creates a context, without its package.
func (g *gen) creator() string {
	parent := one(g, g.ctxs)
	switch g.weighted(10, 2, 1) {
	case 0:
		return "WithCancel(" + parent + ")"
	case 1:
		return "WithTimeout(" + parent + ", time.Hour)"
	default:
		return "WithDeadline(" + parent + ", time.Now().Add(time.Hour))"
	}
}

// create makes something that owes a release.
func (g *gen) create() []*Node {
	g.made++
	switch g.weighted(12, 4, 6, 7, 4, 4, 2) {
	case 0:
		return g.createPair()
	case 1:
		return g.createLater()
	case 2:
		return g.createWrapped()
	case 3:
		return g.createOwner()
	case 4:
		return g.createList()
	case 5:
		return g.createMap()
	default:
		return g.createCause()
	}
}

// owe notes a resource; a third are deferred at once.
func (g *gen) owe(r resource) []*Node {
	r.depth = g.depth
	if g.maybe(25) {
		if r.guard == "" {
			return []*Node{stmt("defer " + r.closure)}
		}
		return []*Node{block("defer func() {", "}()", r.release()...)}
	}
	g.owed = append(g.owed, r)
	return nil
}

func (g *gen) pairResource(p pair) resource {
	r := resource{closure: p.cancel + "()"}
	if p.null {
		r.guard = p.cancel + " != nil"
	}
	r.release = func() []*Node {
		call := stmt(p.cancel + "()")
		switch g.weighted(8, 2, 1) {
		case 1:
			call = line("%s(%s)", g.releaser(), p.cancel)
		case 2:
			call = block("func() {", "}()", call)
		}
		if p.null {
			return []*Node{ifThen(r.guard, call)}
		}
		return []*Node{call}
	}
	return r
}

func (g *gen) addPair(p pair) []*Node {
	g.pairs = append(g.pairs, p)
	if p.ctx != "" && !p.null {
		g.ctxs = append(g.ctxs, p.ctx)
	}
	return g.owe(g.pairResource(p))
}

func (g *gen) createPair() []*Node {
	p := pair{ctx: g.name("ctx"), cancel: g.name("cancel"), assignable: true}
	stmts := []*Node{line("%s, %s := context.%s\n_, _ = %s, %s", p.ctx, p.cancel, g.creator(), p.ctx, p.cancel)}
	return append(stmts, g.addPair(p)...)
}

// createLater declares the variables, and creates on some path.
func (g *gen) createLater() []*Node {
	p := pair{ctx: g.name("ctx"), cancel: g.name("cancel"), null: true, assignable: true}
	stmts := []*Node{line("%s, %s := ctx, context.CancelFunc(nil)\n_, _ = %s, %s", p.ctx, p.cancel, p.ctx, p.cancel)}
	create := line("%s, %s = context.%s", p.ctx, p.cancel, g.creator())
	stmts = append(stmts, ifThen(g.condition(), create))
	return append(stmts, g.addPair(p)...)
}

func (g *gen) createCause() []*Node {
	p := pair{ctx: g.name("ctx"), cancel: g.name("cancel")}
	cause := g.name("cause")
	stmts := []*Node{
		line("%s, %s := context.WithCancelCause(%s)\n_, _ = %s, %s", p.ctx, cause, one(g, g.ctxs), p.ctx, cause),
		line("%s := func() { %s(rt.Err) }\n_ = %s", p.cancel, cause, p.cancel),
	}
	return append(stmts, g.addPair(p)...)
}

func (g *gen) createWrapped() []*Node {
	p := pair{ctx: g.name("ctx"), cancel: g.name("cancel")}
	w := g.wrapper()
	names := fmt.Sprintf("%s, %s", p.ctx, p.cancel)
	blank := stmt("_, _ = " + names)
	var stmts []*Node
	if strings.HasPrefix(w, "?") { // it may fail
		err := g.name("err")
		stmts = []*Node{
			line("%s, %s := %s(ctx, %s)", names, err, w[1:], one(g, g.bools)),
			ifThen(err+" != nil", g.ret()...), blank,
		}
	} else {
		stmts = []*Node{line("%s := %s(ctx, %s)", names, w, one(g, g.bools)), blank}
	}
	return append(stmts, g.addPair(p)...)
}

func (g *gen) createList() []*Node {
	fs := g.name("fs")
	g.lists = append(g.lists, fs)
	g.left++
	body := g.block(1, true, func() []*Node { return g.appended(fs) })
	stmts := []*Node{line("var %s []func()", fs), ifThen(g.condition(), g.appended(fs)...)}
	if g.maybe(50) {
		stmts = []*Node{line("var %s []func()", fs), block("for "+one(g, []string{"range 2", "rt.Ask()", "i := 0; i < n; i++"})+" {", "}", body...)}
		if len(g.ints) == 0 || g.ints[0] != "n" {
			stmts[1].Blocks[0].Intro = "for range 2 {"
		}
	}
	drain := block(fmt.Sprintf("for _, f := range %s {", fs), "}", line("f()"))
	return append(stmts, g.owe(resource{
		closure: fmt.Sprintf("%s(%s)", g.drainer(), fs),
		release: func() []*Node {
			if g.maybe(30) {
				return []*Node{line("%s(%s)", g.drainer(), fs)}
			}
			return []*Node{drain.clone()}
		},
	})...)
}

func (g *gen) appended(fs string) []*Node {
	f := g.name("f")
	g.made++
	return []*Node{line("_, %s := context.%s", f, g.creator()), line("%s = append(%s, %s)", fs, fs, f)}
}

func (g *gen) createMap() []*Node {
	m := g.name("m")
	g.maps = append(g.maps, m)
	put := func(key string) []*Node {
		f := g.name("f")
		g.made++
		stmts := []*Node{}
		if g.maybe(50) {
			stmts = append(stmts, ifThen(fmt.Sprintf("f, ok := %s[%s]; ok", m, key), line("f()")))
		}
		return append(stmts, line("_, %s := context.%s", f, g.creator()), line("%s[%s] = %s", m, key, f))
	}
	stmts := []*Node{line("%s := make(map[int]context.CancelFunc)", m)}
	switch g.IntN(3) {
	case 0:
		stmts = append(stmts, put(g.key())...)
	case 1:
		stmts = append(stmts, ifThen(g.condition(), put(g.key())...))
	default:
		stmts = append(stmts, block("for i := range 2 {", "}", put("i")...))
	}
	return append(stmts, g.owe(resource{
		closure: fmt.Sprintf("%s(%s)", g.mapDrainer(), m),
		release: func() []*Node {
			switch g.IntN(3) {
			case 0:
				return []*Node{line("%s(%s)", g.mapDrainer(), m)}
			case 1:
				return []*Node{block(fmt.Sprintf("for k, f := range %s {", m), "}", line("f()"), line("delete(%s, k)", m))}
			}
			return []*Node{block(fmt.Sprintf("for _, f := range %s {", m), "}", line("f()"))}
		},
	})...)
}

// helper declares a function once for each kind, here or in the imported
// package, and returns how it is called.
func (g *gen) helper(kind, params string, body func() []*Node) string {
	if name, ok := g.helpers[kind]; ok && g.maybe(60) {
		return name
	}
	name, call, dep := g.global("help"), "", g.maybe(30)
	call = name
	if dep {
		name = "Help" + name[len("help"):]
		call = "dep." + name
	}
	f := function(name+params, body()...)
	f.Dep = dep
	g.program.Decls = append(g.program.Decls, f)
	g.helpers[kind] = call
	return call
}

func (g *gen) releaser() string {
	return g.helper("release", "(f func())", func() []*Node {
		switch g.IntN(4) {
		case 0:
			return []*Node{ifThen("f != nil", line("f()"))}
		case 1:
			return []*Node{line("defer f()"), line("_ = rt.Ask()")}
		case 2:
			return []*Node{block("func() {", "}()", line("f()"))}
		}
		return []*Node{line("f()")}
	})
}

func (g *gen) drainer() string {
	return g.helper("drain", "(fs []func())", func() []*Node {
		if g.maybe(30) {
			return []*Node{block("for i := len(fs) - 1; i >= 0; i-- {", "}", line("fs[i]()"))}
		}
		return []*Node{block("for _, f := range fs {", "}", line("f()"))}
	})
}

func (g *gen) mapDrainer() string {
	return g.helper("drainmap", "(m map[int]context.CancelFunc)", func() []*Node {
		return []*Node{block("for k, f := range m {", "}", line("f()"), line("delete(m, k)"))}
	})
}

// wrapper declares a function that returns a context and its release. One
// whose name begins with ? returns an error, too.
func (g *gen) wrapper() string {
	name := g.global("make")
	dep := g.maybe(30)
	call := name
	if dep {
		name = "Make" + name[len("make"):]
		call = "dep." + name
	}
	outer, returns, left := g.scope, g.returns, g.left
	g.scope = &scope{ctxs: []string{"ctx"}, bools: []string{"a"}}
	defer func() { g.scope, g.returns, g.left = outer, returns, left }()
	fails := g.maybe(50)
	results := "(context.Context, context.CancelFunc)"
	g.returns = ways{failure: "ctx, func() {}"}
	if fails {
		results = "(context.Context, context.CancelFunc, error)"
		g.returns = ways{failure: "nil, nil, rt.Err"}
	}
	p := pair{ctx: "sub", cancel: "cancel", assignable: true}
	body := []*Node{line("%s, %s := context.%s", p.ctx, p.cancel, g.creator())}
	if !fails {
		g.returns.failure = "sub, cancel"
	}
	g.depth = 2
	if fails {
		body = append(body, g.failing(p)...)
	} else if g.maybe(30) {
		body = append(body, ifThen("a", line("rt.Use(sub)")))
	}
	value := p.cancel
	switch g.IntN(4) {
	case 0:
		value = "func() { cancel() }"
	case 1:
		body = append(body, block("stop := func() {", "}", line("rt.Use(sub)"), line("cancel()")))
		value = "stop"
	}
	ret := "return sub, " + value
	if fails {
		ret += ", nil"
	}
	body = append(body, line("%s", ret))
	f := function(name+"(ctx context.Context, a bool) "+results, body...)
	f.Dep = dep
	// Dep code cannot use what the package declares.
	if !dep {
		g.program.Decls = append(g.program.Decls, f)
	} else {
		g.program.Decls = append([]*Node{f}, g.program.Decls...)
	}
	if fails {
		return "?" + call
	}
	return call
}

// failing is an operation between creation and return that may fail.
func (g *gen) failing(p pair) []*Node {
	give := stmt("return " + g.returns.failure)
	release := stmt(p.cancel + "()")
	switch g.weighted(5, 2, 2, 2) {
	case 0:
		return []*Node{ifThen(one(g, []string{"rt.Ask()", "err := rt.Try(); err != nil"}), release, give)}
	case 1: // forgets
		return []*Node{ifThen("rt.Ask()", give)}
	case 2:
		return []*Node{line("ok := false"), block("defer func() {", "}()", ifThen("!ok", release)), ifThen("err := rt.Try(); err != nil", give), line("ok = true")}
	default:
		return []*Node{line("err := rt.Try()"), ifThen("err != nil", release), ifThen("err != nil", give)}
	}
}

// An owner is a type whose objects keep release functions.
type owner struct {
	name, make string // as written in the package of the program
	fails      bool   // its constructor returns an error, too
	dep        bool
	one        bool // it has a field cancel, and Start and Stop
	subs       bool // it has a map subs, and Add and Remove
	list       bool // it has a list, and Push
	methods    []string
}

// literal is an empty one.
func (o *owner) literal() string {
	lit := "&" + o.name + "{}"
	if o.subs && !o.dep {
		lit = "&" + o.name + "{subs: make(map[int]context.CancelFunc)}"
	}
	return lit
}

func (g *gen) newOwner() *owner {
	o := &owner{name: g.global("owner"), dep: false, fails: g.maybe(40)}
	switch g.weighted(6, 3, 2, 1) {
	case 0:
		o.one = true
	case 1:
		o.subs = true
	case 2:
		o.list = true
	default:
		o.one, o.subs = true, true
	}
	var fields []string
	if o.one {
		fields = append(fields, "ctx context.Context", "cancel context.CancelFunc", "on bool")
	}
	if o.subs {
		fields = append(fields, "subs map[int]context.CancelFunc")
	}
	if o.list {
		fields = append(fields, "list []func()")
	}
	o.make = "new" + strings.ToUpper(o.name[:1]) + o.name[1:]
	g.program.Decls = append(g.program.Decls, line("type %s struct {\n\t%s\n}", o.name, strings.Join(fields, "\n\t")))
	method := func(signature string, body ...*Node) {
		g.program.Decls = append(g.program.Decls, function(fmt.Sprintf("(w *%s) %s", o.name, signature), body...))
	}
	var shut []*Node
	if o.one {
		stop := []*Node{line("w.cancel()")}
		if g.maybe(50) {
			stop = append(stop, line("w.cancel = nil"))
		}
		if g.maybe(50) {
			stop = append(stop, line("w.on = false"))
		}
		stop = []*Node{ifThen("w.cancel != nil", stop...)}
		if g.maybe(8) {
			stop = []*Node{ifThen("rt.Ask()", stop...)}
		}
		method("Stop()", stop...)
		var start []*Node
		switch g.weighted(3, 2, 2, 2, 2, 1) {
		case 1:
			start = []*Node{line("w.Stop()")}
		case 2:
			start = []*Node{ifThen("w.cancel != nil", line("w.cancel()"))}
		case 3:
			start = []*Node{ifThen("w.cancel != nil", line("return"))}
		case 4:
			start = []*Node{ifThen("w.on", line("return")), line("w.on = true")}
		case 5:
			start = []*Node{ifThen("a", line("w.Stop()"))}
		}
		switch g.IntN(2) {
		case 0:
			start = append(start, line("w.ctx, w.cancel = context.WithCancel(ctx)"))
		default:
			start = append(start, line("sub, cancel := context.WithCancel(ctx)"), line("w.ctx, w.cancel = sub, cancel"))
		}
		method("Start(ctx context.Context, a bool)", start...)
		o.methods = append(o.methods, "Stop()", "Start(ctx, a)")
		if g.maybe(50) {
			shut = append(shut, line("w.Stop()"))
		} else {
			shut = append(shut, ifThen("w.cancel != nil", line("w.cancel()")))
		}
	}
	if o.subs {
		var add []*Node
		switch g.weighted(3, 3, 2) {
		case 1:
			add = []*Node{ifThen("old, ok := w.subs[k]; ok", line("old()"))}
		case 2:
			add = []*Node{ifThen("_, ok := w.subs[k]; ok", line("return"))}
		}
		add = append(add, line("_, cancel := context.WithCancel(ctx)"), line("w.subs[k] = cancel"))
		method("Add(ctx context.Context, k int)", add...)
		remove := []*Node{line("cancel()"), line("delete(w.subs, k)")}
		if g.maybe(20) {
			remove = remove[1:]
			method("Remove(k int)", remove...)
		} else {
			method("Remove(k int)", ifThen("cancel, ok := w.subs[k]; ok", remove...))
		}
		o.methods = append(o.methods, "Add(ctx, k)", "Remove(k)")
		shut = append(shut, block("for _, cancel := range w.subs {", "}", line("cancel()")))
	}
	if o.list {
		method("Push(ctx context.Context)", line("_, cancel := context.WithCancel(ctx)"), line("w.list = append(w.list, cancel)"))
		o.methods = append(o.methods, "Push(ctx)")
		if g.maybe(40) {
			drain := []*Node{block("for _, f := range w.list {", "}", line("f()")), line("w.list = nil")}
			if g.maybe(25) {
				drain = drain[1:]
			}
			method("Reset()", drain...)
			o.methods = append(o.methods, "Reset()")
		}
		shut = append(shut, block("for _, f := range w.list {", "}", line("f()")))
	}
	if g.maybe(7) {
		shut = []*Node{ifThen("rt.Ask()", shut...)}
	}
	method("Close()", shut...)
	g.constructor(o)
	g.kinds = append(g.kinds, o)
	return o
}

// constructor declares the function that makes an o which owes already.
func (g *gen) constructor(o *owner) {
	outer, returns := g.scope, g.returns
	g.scope = &scope{ctxs: []string{"ctx"}, bools: []string{"a"}}
	defer func() { g.scope, g.returns = outer, returns }()
	results := "*" + o.name
	g.returns = ways{failure: "nil"}
	if o.fails {
		results = "(*" + o.name + ", error)"
		g.returns = ways{failure: "nil, rt.Err"}
	}
	p := pair{ctx: "sub", cancel: "cancel"}
	body := []*Node{line("sub, cancel := context.%s\n_ = sub", g.creator())}
	if o.fails {
		body = append(body, g.failing(p)...)
	}
	body = append(body, line("w := %s", o.literal()))
	switch {
	case o.one && g.maybe(50):
		body = append(body, line("w.ctx, w.cancel = sub, cancel"))
	case o.one:
		body[len(body)-1] = line("w := &%s{ctx: sub, cancel: cancel}", o.name)
		if o.subs {
			body = append(body, line("w.subs = make(map[int]context.CancelFunc)"))
		}
	case o.subs:
		body = append(body, line("w.subs[0] = cancel"))
	default:
		body = append(body, line("w.list = append(w.list, cancel)"))
	}
	if o.fails && g.maybe(30) {
		body = append(body, ifThen("rt.Ask()", stmt(one(g, []string{"w.Close()", "cancel()", "_ = a"})), stmt("return "+g.returns.failure)))
	}
	if o.fails {
		body = append(body, line("return w, nil"))
	} else {
		body = append(body, line("return w"))
	}
	g.program.Decls = append(g.program.Decls, function(o.make+"(ctx context.Context, a bool) "+results, body...))
}

// use calls a method of the owner w. What is derived in other functions derives
// from the context that outlives everything: their parameter may be any, and
// one that this function ends would hide what they leak.
func (o *owner) use(g *gen, w string) []*Node {
	m := one(g, o.methods)
	args := strings.NewReplacer("(ctx, a)", "(ctx, rt.Ask())", "(ctx, k)", "(ctx, "+g.key()+")", "(k)", "("+g.key()+")")
	return []*Node{line("%s.%s", w, args.Replace(m))}
}

func (g *gen) createOwner() []*Node {
	var o *owner
	if len(g.kinds) > 0 && g.maybe(60) {
		o = one(g, g.kinds)
	} else {
		o = g.newOwner()
	}
	w := g.name("w")
	var stmts []*Node
	switch {
	case g.maybe(20):
		stmts = []*Node{line("%s := %s\n_ = %s", w, o.literal(), w)}
		stmts = append(stmts, o.use(g, w)...)
	case o.fails:
		err := g.name("err")
		stmts = []*Node{line("%s, %s := %s(ctx, %s)", w, err, o.make, one(g, g.bools)), ifThen(err+" != nil", g.ret()...), stmt("_ = " + w)}
	default:
		stmts = []*Node{line("%s := %s(ctx, %s)\n_ = %s", w, o.make, one(g, g.bools), w)}
	}
	g.owners = append(g.owners, owned{w, o})
	return append(stmts, g.owe(resource{
		closure: w + ".Close()",
		release: func() []*Node {
			if g.maybe(15) {
				return []*Node{block("func() {", "}()", stmt(w+".Close()"))}
			}
			return []*Node{stmt(w + ".Close()")}
		},
	})...)
}
