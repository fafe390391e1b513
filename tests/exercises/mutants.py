"""Change a program in one place, in every way that a slip could."""

import ast

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.MatMult)
FAMILIES = [
    ("max", "min", "sum", "mean", "argmax", "argmin", "trace"),
    ("exp", "log", "log2", "log10", "log1p", "sqrt", "abs"),
    ("ceil", "floor", "round"),
    ("sigmoid", "softmax"),
    ("choice", "permutation"),
]


def mutants_of(source):
    """Yield the source of each program that differs from this one in one place."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    texts = {text for text in texts if isinstance(text, str)}
    seen = {ast.unparse(tree)}
    for parent in nodes:
        for field, value in ast.iter_fields(parent):
            children = value if isinstance(value, list) else [value]
            for k, node in enumerate(children):
                for change in _changes(node, sorted(names), sorted(texts)):
                    changed = [*children[:k], change, *children[k + 1 :]]
                    setattr(parent, field, changed if isinstance(value, list) else change)
                    text = ast.unparse(tree)
                    setattr(parent, field, value)
                    if text not in seen:
                        seen.add(text)
                        yield text


def _changes(node, names, texts):
    """Yield what may stand in the place of a node."""
    match node:
        case ast.Constant():
            yield from map(ast.Constant, _constants(node.value, texts))
        case ast.Name(ctx=ast.Load()):
            yield from (ast.Name(name, ast.Load()) for name in names if name != node.id)
            yield ast.Attribute(node, "T", ast.Load())
        case ast.BinOp():
            yield from _calculations(node)
        case ast.UnaryOp():
            yield node.operand
        case ast.Compare():
            yield from (ast.Constant(True), ast.Constant(False))
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Attribute():
            for name in _family(node.attr):
                yield ast.Attribute(node.value, name, ast.Load())
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[first, second])):
            for pair in [(second, first), (ast.Slice(), second), (first, ast.Slice())]:
                yield ast.Subscript(value, ast.Tuple([*pair], ast.Load()), node.ctx)
            yield from (ast.Subscript(value, one, node.ctx) for one in (first, second))
        case ast.Subscript():
            yield node.value
        case ast.Call():
            yield from _calls(node)
        case ast.Dict(values=values):
            for k, value in enumerate(values):
                for other in (other for other in values if other is not value):
                    yield ast.Dict(node.keys, [*values[:k], other, *values[k + 1 :]])
        case ast.Tuple(ctx=ast.Load()):
            yield ast.Tuple(node.elts[::-1], ast.Load())
            yield from node.elts
        case ast.Assign() | ast.AugAssign() | ast.If() | ast.Return():
            yield ast.Pass()
    if isinstance(node, (ast.BinOp, ast.Call)):
        yield ast.UnaryOp(ast.USub(), node)


def _constants(value, texts):
    """Give other values of a constant."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [text for text in texts if text != value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1, 0, 2 * value, value / 2, 10 * value, value / 10, -value]
    return []


def _calculations(node):
    """Yield one side alone, the sides exchanged, other operators and other brackets."""
    left, operator, right = node.left, node.op, node.right
    yield from (left, right)
    if not isinstance(operator, (ast.Add, ast.Mult)):
        yield ast.BinOp(right, operator, left)
    yield from (ast.BinOp(left, other(), right) for other in OPERATORS)
    if isinstance(left, ast.BinOp) and type(left.op) is not type(operator):
        yield ast.BinOp(left.left, left.op, ast.BinOp(left.right, operator, right))
    if isinstance(right, ast.BinOp) and type(right.op) is not type(operator):
        yield ast.BinOp(ast.BinOp(left, operator, right.left), right.op, right.right)


def _calls(node):
    """Yield an argument alone, the call with one less, with another axis, of another function."""
    yield from node.args
    if isinstance(node.func, ast.Attribute):
        yield node.func.value
    for name in _family(getattr(node.func, "id", None)):
        yield ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)
    for k in range(len(node.args)):
        yield ast.Call(node.func, node.args[:k] + node.args[k + 1 :], node.keywords)
    for keyword in node.keywords:
        others = [other for other in node.keywords if other is not keyword]
        yield ast.Call(node.func, node.args, others)
        if keyword.arg == "axis":
            for axis in (0, 1, None):
                changed = ast.keyword("axis", ast.Constant(axis))
                yield ast.Call(node.func, node.args, [*others, changed])


def _family(name):
    """Name the functions that are easily taken for this one."""
    return [other for family in FAMILIES if name in family for other in family if other != name]
