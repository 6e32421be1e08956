#include <math.h>

#include "runtime/eval.h"
#include "runtime/follow.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/progress.h"
#include "runtime/tape_score.h"

/* A condition that differs between lanes runs each side under a lane mask. What leaves (return, break, continue) in every lane
   of its call or loop is a signal that unwinds; in some lanes only, it switches those lanes off until the call or loop ends. */

static bool truth_varies(State *S, const Node *node, Value v) {
    if (tape_in_score_mode(&S->tape)) score_read_lanes(S, v);
    if (v.tag == VALUE_BOOLEAN) return false;
    if (v.tag == VALUE_ARRAY && v.as.array->boolean && v.as.array->layout->rank == 0) return v.as.array->layout->n_axes > 0;
    S->node = node;
    if (v.tag == VALUE_ARRAY && v.as.array->boolean)
        error_raise(S, "wrong-type", "Write any(…) or all(…), or where(mask, a, b) to choose by element.",
                    "this condition has %zu truth values, not one", v.as.array->layout->components);
    error_raise(S, "wrong-type", v.tag == VALUE_MISSING ? NULL : "Compare it: `x > 0`, `x != 0`.",
                "a condition must be true or false, and this is a %s", value_type_name(v));
}

static bool truth_of(Value v) { return v.tag == VALUE_BOOLEAN ? v.as.boolean : v.as.array->data[0] != 0; }

void control_resume(State *S, Array *entry) {
    Array *left = entry;
    if (S->frame->returned) left = mask_minus(S, left, S->frame->returned);
    for (Loop *loop = S->frame->loop; loop; loop = loop->outer) {
        if (loop->broken) left = mask_minus(S, left, loop->broken);
        if (loop->continued) left = mask_minus(S, left, loop->continued);
    }
    if (left == entry) {
        S->mask = entry;
    } else if (mask_any(left)) {
        /* An unchanged mask keeps its identity: "in every lane of the call" is a comparison of pointers. */
        S->mask = mask_covers(S, left, entry ? entry : mask_full(S)) ? entry : left;
    } else {
        S->mask = entry;
        S->signal = SIGNAL_OFF;
    }
}

static Value eval_branch(State *S, const Node *branch) {
    if (!branch) return value_none();
    return branch->kind == NODE_IF ? eval_if(S, branch) : eval_block(S, branch);
}

static void push_mask(State *S, Array *mask) { stack_push(S, mask ? value_array(mask, 0) : value_none()); }

static Value eval_both(State *S, const Node *node, Array *on, Array *off) {
    Array *entry = S->mask;
    size_t base = S->top;
    push_mask(S, entry);
    push_mask(S, on);
    push_mask(S, off);
    S->mask = on;
    Value then = eval_branch(S, node->as.branch.then);
    bool then_left = S->signal != SIGNAL_NONE;
    S->signal = SIGNAL_NONE;
    stack_push(S, then);
    S->mask = off;
    Value otherwise = eval_branch(S, node->as.branch.otherwise);
    bool otherwise_left = S->signal != SIGNAL_NONE;
    S->signal = SIGNAL_NONE;
    stack_push(S, otherwise);
    control_resume(S, entry);
    S->top = base;
    if (!node->used || S->signal) return value_none();
    if (then_left) return otherwise;
    if (otherwise_left) return then;
    S->node = node;
    return value_merge(S, on, then, otherwise, "the value of this `if`");
}

Value eval_if(State *S, const Node *node) {
    Value condition = eval(S, node->as.branch.condition);
    if (!truth_varies(S, node->as.branch.condition, condition))
        return eval_branch(S, truth_of(condition) ? node->as.branch.then : node->as.branch.otherwise);
    Array *on = mask_and(S, S->mask, condition);
    if (!mask_any(on)) return eval_branch(S, node->as.branch.otherwise);
    Array *off = mask_and_not(S, S->mask, condition);
    if (!mask_any(off)) return eval_branch(S, node->as.branch.then);
    return eval_both(S, node, on, off);
}

/* ---- Leaving ---- */

void eval_return(State *S, const Node *node) {
    Value v = node->as.unary.operand ? eval(S, node->as.unary.operand) : value_none();
    if (RARELY(S->tape.following)) v = follow_returned(S, v);
    Frame *frame = S->frame;
    if (S->mask == frame->mask && !frame->returned) {
        frame->result = v;
        S->signal = SIGNAL_RETURN;
        return;
    }
    S->node = node;
    frame->result = frame->returned ? value_merge(S, S->mask, v, frame->result, "the returned value") : v;
    frame->returned = frame->returned ? mask_or(S, frame->returned, S->mask ? S->mask : mask_full(S)) : S->mask;
    S->signal = SIGNAL_OFF;
}

void eval_leave_loop(State *S, const Node *node) {
    Loop *loop = S->frame->loop;
    bool leaves = node->kind == NODE_BREAK;
    if (S->mask == loop->mask) {
        S->signal = leaves ? SIGNAL_BREAK : SIGNAL_CONTINUE;
        return;
    }
    Array **lanes = leaves ? &loop->broken : &loop->continued;
    *lanes = *lanes ? mask_or(S, *lanes, S->mask) : S->mask;
    S->signal = SIGNAL_OFF;
}

/* ---- Loops ---- */

typedef struct LoopRun {
    Loop loop;
    const Node *node;
    bool collects; /* the bodies' values lie on the value stack from `base` on */
    size_t base;
    Progress *progress; /* NULL: it is not counted */
} LoopRun;

static void loop_begin(State *S, LoopRun *run, const Node *node) {
    *run = (LoopRun){.loop = {.outer = S->frame->loop, .entry = S->mask, .alive = S->mask}, .node = node, .collects = node->used,
                     .base = S->top};
    S->frame->loop = &run->loop;
}

/* The outermost loop of a program tells how far it has come; those of models and of a fit's callback are parts of a step. */
static __attribute__((cold, noinline)) Progress *loop_progress(State *S, const Node *node, uint64_t total) {
    if (S->random.entered || S->fits || progress_active(S)) return NULL;
    return progress_begin(S, PROGRESS_LOOP, total, "loop in line %u", source_position(S->source, node->span.start).line);
}

static void loop_count(State *S, LoopRun *run, uint64_t total) {
    if (RARELY(S->options.progress)) run->progress = loop_progress(S, run->node, total);
}

static __attribute__((cold, noinline)) void loop_show(State *S, LoopRun *run) {
    if (progress_is_due(run->progress)) progress_show(S, run->progress, NAN, NAN);
}

static void loop_break(State *S, LoopRun *run, Array *lanes) {
    Array **broken = &run->loop.broken;
    if (!lanes) lanes = mask_full(S);
    *broken = *broken ? mask_or(S, *broken, lanes) : lanes;
}

/* Runs the body in the lanes of `mask`, which are all or some of those alive; false when the loop ends. */
static bool loop_turn(State *S, LoopRun *run, Array *mask) {
    Loop *loop = &run->loop;
    loop->mask = S->mask = mask;
    Value v = eval_block(S, run->node->as.loop.body);
    Signal signal = S->signal;
    if (signal == SIGNAL_RETURN) return false;
    S->signal = SIGNAL_NONE;
    loop->continued = NULL;
    if (signal == SIGNAL_BREAK) {
        if (mask == run->loop.alive) return false;
        loop_break(S, run, mask);
    }
    if (signal == SIGNAL_NONE && run->collects) stack_push(S, v);
    if (loop->broken || S->frame->returned) {
        control_resume(S, loop->entry);
        if (S->signal) {
            S->signal = SIGNAL_NONE;
            return false;
        }
        run->loop.alive = S->mask;
    }
    S->mask = run->loop.alive;
    if (progress_step(run->progress)) loop_show(S, run);
    gc_point(S);
    eval_poll(S, run->node); /* the body may be empty */
    return true;
}

/* Lanes that left the loop go on behind it; those that returned do not. */
static Value loop_end(State *S, LoopRun *run) {
    Value v = value_none();
    progress_end(S, run->progress);
    if (run->collects && S->signal == SIGNAL_NONE) v = value_of_items(S, S->stack + run->base, (uint32_t)(S->top - run->base));
    S->frame->loop = run->loop.outer;
    S->mask = run->loop.entry;
    if (S->signal == SIGNAL_NONE && S->frame->returned) control_resume(S, run->loop.entry);
    return v;
}

static bool loop_condition(State *S, LoopRun *run) {
    const Node *node = run->node->as.loop.over;
    Value condition = eval(S, node);
    if (!truth_varies(S, node, condition)) return truth_of(condition);
    Array *on = mask_and(S, run->loop.alive, condition);
    if (!mask_any(on)) return false;
    if (!mask_covers(S, on, run->loop.alive ? run->loop.alive : mask_full(S))) {
        loop_break(S, run, mask_minus(S, run->loop.alive, on));
        run->loop.alive = on;
    }
    return true;
}

Value eval_while(State *S, const Node *node) {
    LoopRun run;
    loop_begin(S, &run, node);
    loop_count(S, &run, 0);
    while (loop_condition(S, &run) && loop_turn(S, &run, run.loop.alive)) {}
    Value v = loop_end(S, &run);
    S->top = run.base;
    return v;
}

/* A turn for the element v. Behind the loop each lane has the last element that it saw; the body sees a plain v, which may be
   an index or a name, also where other lanes have left the loop. The place below run->base is there for what they keep. */
static bool loop_pass(State *S, LoopRun *run, Array *on, Value v) {
    const Variable *variable = &run->node->as.loop.variable;
    S->mask = on;
    /* A name does not merge with the one before. */
    if (!value_is_numeric(v) && variable_mask(S, variable)) *variable_slot(S, variable) = partial_new(S, v, on);
    else variable_store(S, variable, v);
    Value kept = *variable_slot(S, variable);
    if (kept.tag == v.tag && kept.as.object == v.as.object) return loop_turn(S, run, on);
    *variable_slot(S, variable) = v;
    S->stack[run->base - 1] = kept;
    bool goes_on = loop_turn(S, run, on);
    Value seen = *variable_slot(S, variable);
    *variable_slot(S, variable) = kept;
    if (seen.tag != v.tag || seen.as.object != v.as.object) {
        Array *mask = S->mask;
        S->mask = on;
        variable_store(S, variable, seen);
        S->mask = mask;
    }
    return goes_on;
}

static void check_bound(State *S, Value v) {
    if (value_is_numeric(v) && value_layout(S, v)->rank == 0) {
        if (value_is_whole(S, v)) return;
        error_raise(S, "wrong-type", NULL, "a bound of this range is no whole number in some lanes");
    }
    error_raise(S, "wrong-type", NULL, "a range goes from number to number, and this is a %s", value_type_name(v));
}

/* Bounds that differ between lanes: runs from the least to the largest, each lane under the mask within its own. */
static void for_ragged(State *S, LoopRun *run, Value low, Value high) {
    check_bound(S, low);
    check_bound(S, high);
    if (tape_in_score_mode(&S->tape)) {
        score_read_lanes(S, low);
        score_read_lanes(S, high);
    }
    double from, to, unused;
    value_extremes(S, low, &from, &unused);
    value_extremes(S, high, &unused, &to);
    const Elementwise *rows = elementwise_operators;
    for (double t = from; t < to; t++) {
        eval_poll(S, run->node);
        gc_point(S);
        Value begun = operation_binary(S, &rows[OPERATOR_LESS_EQUAL], value_detached(low), value_number(t));
        Value open = operation_binary(S, &rows[OPERATOR_GREATER], value_detached(high), value_number(t));
        Array *on = mask_and(S, mask_and(S, run->loop.alive, begun), open);
        if (!mask_any(on)) continue;
        if (mask_covers(S, on, run->loop.alive ? run->loop.alive : mask_full(S))) on = run->loop.alive;
        stack_push(S, value_array(on ? on : mask_full(S), 0));
        bool goes_on = loop_pass(S, run, on, value_number(t));
        stack_pop(S, 1);
        if (!goes_on) return;
    }
}

static void for_range(State *S, LoopRun *run, const Node *range) {
    Value low = eval(S, range->as.binary.left);
    stack_push(S, low);
    Value high = eval(S, range->as.binary.right);
    stack_push(S, high);
    stack_push(S, value_none());
    run->base = S->top;
    S->node = range;
    if (value_has_lanes(low) || value_has_lanes(high)) {
        run->collects = false;
        for_ragged(S, run, low, high);
        return;
    }
    double from = (double)value_to_integer(S, low, "the start of a range", -(1L << 53), 1L << 53);
    double to = (double)value_to_integer(S, high, "the end of a range", -(1L << 53), 1L << 53);
    loop_count(S, run, to > from ? (uint64_t)(to - from) : 0);
    for (double t = from; t < to; t++)
        if (!loop_pass(S, run, run->loop.alive, value_number(t))) return;
}

static size_t sequence_length(State *S, const Node *node, Value v) {
    S->node = node;
    if (v.tag == VALUE_LIST) return v.as.list->count;
    if (v.tag == VALUE_ARRAY && v.as.array->layout->rank) return v.as.array->layout->dims[0];
    error_raise(S, "wrong-type", v.tag == VALUE_NUMBER ? "Write `0..n` to count." : NULL, "a `for` cannot run over a %s", value_type_name(v));
}

static void for_sequence(State *S, LoopRun *run, const Node *over) {
    Value sequence = eval(S, over);
    size_t n = sequence_length(S, over, sequence);
    stack_push(S, sequence);
    stack_push(S, value_none());
    run->base = S->top;
    loop_count(S, run, n);
    for (size_t k = 0; k < n; k++) {
        Subscript s = {.kind = SUBSCRIPT_INDEX, .index = value_number((double)k)};
        if (!loop_pass(S, run, run->loop.alive, index_value(S, sequence, &s, 1))) return;
    }
}

Value eval_for(State *S, const Node *node) {
    LoopRun run;
    size_t top = S->top;
    loop_begin(S, &run, node);
    if (node->as.loop.over->kind == NODE_RANGE) for_range(S, &run, node->as.loop.over);
    else for_sequence(S, &run, node->as.loop.over);
    Value v = loop_end(S, &run);
    S->top = top;
    return v;
}

/* ---- with ---- */

static Value with_body(State *S, const void *what) { return eval_block(S, ((const Node *)what)->as.with.body); }

Value eval_with(State *S, const Node *node) {
    Value handler = eval(S, node->as.with.handler);
    S->node = node->as.with.handler;
    bool definition = handler.tag == VALUE_CLOSURE && handler.as.closure->function->kind == FUNCTION_HANDLER;
    if (definition || (handler.tag == VALUE_NATIVE && handler.as.native->handler)) handler = call_value(S, handler, NULL, 0);
    if (handler.tag != VALUE_HANDLER)
        error_raise(S, "wrong-type", "Write for instance `with seed(1) { … }`.", "`with` takes a handler, not a %s", value_type_name(handler));
    stack_push(S, handler);
    Value v = handler_run(S, (Handler *)handler.as.object, with_body, node);
    stack_pop(S, 1);
    return v;
}
