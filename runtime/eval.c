#include "runtime/eval.h"

#include "runtime/follow.h"
#include "runtime/gc.h"
#include "runtime/watch.h"

/* How much of the C stack an evaluation may use: deep recursion ends in an error, not in a crash. */
enum { C_STACK_LIMIT = 4 * 1024 * 1024 };

static void check_depth(State *S, const Node *node) {
    char here;
    if (!S->stack_origin) S->stack_origin = &here;
    ptrdiff_t used = S->stack_origin - &here;
    if (used > C_STACK_LIMIT || used < -C_STACK_LIMIT) {
        S->node = node;
        error_raise(S, "too-deep", "Does the recursion have an end that is reached in every lane? Else write it as a loop.",
                    "calls are nested too deeply (%u calls)", S->depth);
    }
}

/* A value whose element may be written in place while only one variable holds it: from here on somebody else may see it. */
static Value share(Value v) {
    if (value_is_object(v)) v.as.object->shared = true;
    return v;
}

static const char *control_word(const State *S) {
    switch (S->signal) {
        case SIGNAL_BREAK: return "break";
        case SIGNAL_CONTINUE: return "continue";
        default: return "return";
    }
}

/* Inside of an expression a block cannot leave: what would the operator around it do with the value that never came? */
static Value stay(State *S, const Node *node, Value v) {
    if (S->signal == SIGNAL_NONE) return v;
    S->node = node;
    error_raise(S, "control-in-expression", "Assign the value of the `if` or loop to a variable, in a statement of its own.",
                "`%s` stands inside of an expression", control_word(S));
}

Value eval_control(State *S, const Node *node) {
    switch ((NodeKind)node->kind) {
        case NODE_IF: return eval_if(S, node);
        case NODE_FOR: return eval_for(S, node);
        case NODE_WHILE: return eval_while(S, node);
        case NODE_WITH: return eval_with(S, node);
        case NODE_PLATE: return eval_plate(S, node);
        default: return eval(S, node);
    }
}

/* Inlined into `eval`, of which it is all but the watching. */
static inline __attribute__((always_inline)) Value eval_node(State *S, const Node *node) {
    switch ((NodeKind)node->kind) {
        case NODE_NUMBER: return value_number(node->as.number);
        case NODE_STRING: return value_object(node->as.string->object);
        case NODE_TEXT: return eval_text(S, node);
        case NODE_TRUE: return value_boolean(true);
        case NODE_FALSE: return value_boolean(false);
        case NODE_NONE: return value_none();
        case NODE_MISSING: return value_missing();
        case NODE_NAME: return share(variable_read(S, node, &node->as.variable, true));
        case NODE_BRACKET: return eval_bracket(S, node);
        case NODE_RECORD: return eval_record(S, node);
        case NODE_FUNCTION: return eval_function(S, node, node->as.function);
        case NODE_CALL: check_depth(S, node); return eval_call(S, node);
        case NODE_INDEX: return eval_index(S, node);
        case NODE_FIELD: return eval_field(S, node);
        case NODE_RANGE: return eval_range(S, node);
        case NODE_UNARY: return eval_unary(S, node);
        case NODE_BINARY: return eval_binary(S, node);
        case NODE_AND:
        case NODE_OR: return eval_and_or(S, node);
        case NODE_BLOCK: return eval_block(S, node);
        case NODE_IF:
        case NODE_FOR:
        case NODE_WHILE:
        case NODE_WITH:
        case NODE_PLATE: check_depth(S, node); return stay(S, node, eval_control(S, node));
        case NODE_ASSIGN: return eval_assign(S, node);
        case NODE_SAMPLE:
        case NODE_OBS:
        case NODE_DETERMINISTIC: return eval_site(S, node);
        case NODE_PARAM: return eval_param(S, node);
        case NODE_DEFINE: return eval_define(S, node);
        case NODE_HANDLER: return eval_handler(S, node);
        case NODE_RETURN: eval_return(S, node); return value_none();
        case NODE_BREAK:
        case NODE_CONTINUE: eval_leave_loop(S, node); return value_none();
        case NODE_IMPORT: return eval_import(S, node);
        case NODE_KINDS: break;
    }
    return value_none();
}

static __attribute__((noinline, cold)) Value eval_watched(State *S, const Node *node) {
    Value v = eval_node(S, node);
    watch_value(S, node, v);
    return v;
}

Value eval(State *S, const Node *node) { return RARELY(S->watching) ? eval_watched(S, node) : eval_node(S, node); }

void eval_poll(State *S, const Node *node) {
    if (!S->interrupted) return;
    S->interrupted = 0;
    S->node = node;
    error_raise(S, "interrupted", NULL, "interrupted");
}

/* What a statement has read decides what it assigns and which sites it runs, and no more. */
static __attribute__((noinline, cold)) Value eval_block_followed(State *S, const Node *block) {
    Value v = value_none();
    const NodeList *list = &block->as.list;
    uint64_t read_before = S->tape.read;
    for (uint32_t k = 0; k < list->count; k++) {
        FollowStatement followed = follow_begin_statement(S);
        gc_point(S);
        eval_poll(S, list->items[k]);
        v = eval_control(S, list->items[k]);
        if (S->signal) return value_none();
        if (k + 1 == list->count) v = follow_value(S, v, &followed, read_before, list->items[k]->kind);
        follow_end_statement(S, &followed);
    }
    return v;
}

Value eval_block(State *S, const Node *block) {
    if (RARELY(S->tape.following)) return eval_block_followed(S, block);
    Value v = value_none();
    const NodeList *list = &block->as.list;
    for (uint32_t k = 0; k < list->count; k++) {
        const Node *statement = list->items[k];
        gc_point(S);
        eval_poll(S, statement);
        v = eval_control(S, statement);
        if (S->signal) return value_none();
    }
    return v;
}
