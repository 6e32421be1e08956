#include "runtime/eval.h"

Value eval_handler(State *S, const Node *node) {
    S->node = node;
    error_raise(S, "not-yet", "The built-in handlers are there: trace, replay, params, seed.",
                "handlers written in Elbo cannot run yet");
}
