"""Changes of whole lines: left out, exchanged, moved, assigned otherwise."""

import ast
import textwrap
from itertools import permutations

from course_lib.exercises.engine.changed_parts import SIGNS


def statements(source):
    """Yield changes of whole lines: left out, exchanged, moved, assigned otherwise."""
    blocks = [getattr(part, "body", None) for part in (source.node, *source.parts)]
    for block in filter(lambda block: isinstance(block, list), blocks):
        for k, one in enumerate(block):
            at, lines = (one.lineno, one.end_lineno, one.lineno), source.lines(one)
            yield from _assigned(source, one, at)
            if len(block) > 1 and not isinstance(one, ast.Return):
                yield "statement", at, [], f"without `{lines[0].strip()}`"
            if isinstance(one, ast.For):
                yield from _out_of_loop(source, one, at)
            if k + 1 == len(block):
                continue
            after = block[k + 1]
            both = one.lineno, after.end_lineno, after.lineno
            rest = source.lines(after)
            named = f"with `{rest[0].strip()}`"
            if isinstance(one, ast.For):
                inside = [f"    {line}" for line in rest]
                yield "indentation", both, [*lines, *inside], f"{named} inside the loop"
            if isinstance(one, ast.If) and isinstance(after, ast.If) and not one.orelse:
                also = [rest[0].replace("if", "elif", 1), *rest[1:]]
                said = f"with `{also[0].strip()}` in the place of `{rest[0].strip()}`"
                yield "elif", both, [*lines, *also], said
            if not isinstance(after, ast.Return):
                said = f"{named} before `{lines[0].strip()}`"
                yield "order", both, [*rest, *lines], said


def sums(source):
    """Yield what is made in each round of a loop, added or multiplied to what was before."""
    for loop in (part for part in source.parts if isinstance(part, ast.For)):
        for one in loop.body:
            match one:
                case ast.Assign([ast.Name(name)], value) if name in source.begun:
                    if name not in _gone_through(source) and not _has_name(value, name):
                        for sign in "+", "*":
                            text = f"{name} {sign}= {source.whole(value)}"
                            said = _instead(text, source.lines(one)[0])
                            space = " " * one.col_offset
                            at = one.lineno, one.end_lineno, one.lineno
                            yield "assignment", at, [space + text], said


def overwritten(source):
    """Yield later readings of a name with what it held before a line gave it another value."""
    blocks = [getattr(part, "body", None) for part in (source.node, *source.parts)]
    for block in filter(lambda block: isinstance(block, list), blocks):
        for k, one in enumerate(block):
            name, line = _given_anew(one)
            for after in block[k + 1 :] if name else ():
                names = [p for p in ast.walk(after) if isinstance(p, ast.Name) and p.id == name]
                for part in names:
                    if isinstance(part.ctx, ast.Load):
                        lines = _with_kept(source, one, line, after, part)
                        at = one.lineno, after.end_lineno, part.lineno
                        said = f"with what `{name}` was before `{source.lines(one)[0].strip()}`"
                        yield "order", at, lines, said
                if any(isinstance(part.ctx, ast.Store) for part in names):
                    break


def _with_kept(source, one, line, after, part):
    """Return the lines from a statement to another with one name read from before both."""
    space, lines = " " * one.col_offset, source.lines(one, after)
    text, i = lines[part.lineno - one.lineno].encode(), part.lineno - one.lineno
    lines[i] = (text[: part.col_offset] + b"given_" + text[part.col_offset :]).decode()
    kept = [f"{space}given_{part.id} = {part.id}", space + line]
    return [*kept, *lines[one.end_lineno - one.lineno + 1 :]]


def _given_anew(one):
    """Return which name a line gives another value, and the line that makes a new array."""
    match one:
        case ast.AugAssign(ast.Name(name), operator, value):
            made = ast.unparse(ast.BinOp(ast.Name(name), operator, value))
            return name, f"{name} = {made}"
        case ast.Assign([ast.Name(name)], value) if _has_name(value, name):
            return name, f"{name} = {ast.unparse(value)}"
    return None, ""


def _has_name(value, name):
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(value))


def _assigned(source, one, at):
    """Yield other ways to keep what a statement makes, or to keep it always."""
    space, texts = " " * one.col_offset, []
    match one:
        case ast.AugAssign(target=target, value=value) | ast.Assign([target], value):
            sign = SIGNS.get(type(getattr(one, "op", None)), "")
            if sign and isinstance(target, ast.Name):
                text = f"{target.id} = {target.id} {sign} {source.of(value)}"
                yield "copy", at, [space + text], _instead(text, source.lines(one)[0])
            signs = [other for other in ("", "+", "-", "*") if other != sign]
            texts = [f"{source.of(target)} {other}= {source.whole(value)}" for other in signs]
            count = _count_of_loop(source, one)
            if (
                count
                and isinstance(target, ast.Name)
                and target.id not in _gone_through(source)
            ):
                texts.append(f"{target.id}[{count}] = {source.whole(value)}")
                texts.append(f"{target.id}.append({source.whole(value)})")
            if isinstance(target, ast.Tuple) and len(target.elts) < 5:
                orders = list(permutations(map(source.of, target.elts)))[1:]
                texts += [f"{', '.join(order)} = {source.whole(value)}" for order in orders]
        case ast.Expr(value) if not isinstance(value, ast.Constant):
            returns = any(isinstance(part, ast.Return) for part in source.parts)
            texts = [f"return {source.whole(value)}"] if returns else []
            texts += [f"{name} = {source.whole(value)}" for name in source.names]
        case ast.If(test=test, body=body):
            inside = "\n".join(line for part in body for line in source.lines(part))
            always = textwrap.indent(textwrap.dedent(inside), space).splitlines()
            yield "condition", at, always, f"without `if {source.of(test)}`"
    for text in texts:
        yield "assignment", at, [space + text], _instead(text, source.lines(one)[0])


def _instead(text, line):
    return f"with `{text}` in the place of `{line.strip()}`"


def _count_of_loop(source, one):
    """Return the name that counts the rounds of the loop around a statement; None if none."""
    while one is not source.node:
        match one := source.around[one]:
            case ast.For(ast.Name(count), ast.Call(ast.Name("range"))):
                return count
            case ast.For(ast.Tuple([ast.Name(count), _]), ast.Call(ast.Name("enumerate"))):
                return count
    return None


def _gone_through(source):
    """Return the names in what the loops go through: a list that grows there never ends."""
    loops = [part.iter for part in source.parts if isinstance(part, ast.For)]
    return {name.id for one in loops for name in ast.walk(one) if isinstance(name, ast.Name)}


def _out_of_loop(source, loop, at):
    """Yield the loop with its last statement behind it, or its first one before it."""
    first, last = loop.body[0], loop.body[-1]
    if first is last or first.lineno == loop.lineno:
        return
    whole, space = source.lines(loop), " " * loop.col_offset
    ends = [textwrap.dedent("\n".join(source.lines(part))) for part in (first, last)]
    before, behind = (textwrap.indent(text, space).splitlines() for text in ends)
    said = [f"with `{text.splitlines()[0]}`" for text in ends]
    at, place = at[:2], (first.lineno, last.lineno)
    moved = [*whole[: -len(behind)], *behind]
    yield "indentation", (*at, place[1]), moved, f"{said[1]} behind the loop"
    head = first.lineno - loop.lineno
    rest = [*before, *whole[:head], *whole[head + len(before) :]]
    yield "indentation", (*at, place[0]), rest, f"{said[0]} before the loop"
