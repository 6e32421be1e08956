/* The evaluator: runs the tree in every step. Inner interface of the eval_*.c files and of what calls back from C. */
#ifndef ELBO_RUNTIME_EVAL_H
#define ELBO_RUNTIME_EVAL_H

#include "runtime/mask.h"
#include "runtime/native.h"
#include "runtime/state.h"

/* The value of an expression. */
Value eval(State *S, const Node *node);
/* The same where control may leave (S->signal): a statement, or the whole value of an assignment. */
Value eval_control(State *S, const Node *node);
/* Runs the statements of a block; the last one's value. Stops when S->signal is set. */
Value eval_block(State *S, const Node *block);
/* Raises the error `interrupted`, if somebody asked for it. */
void eval_poll(State *S, const Node *node);

/* eval_operator.c */
Value eval_unary(State *S, const Node *node);
Value eval_binary(State *S, const Node *node);
Value eval_and_or(State *S, const Node *node);
Value eval_range(State *S, const Node *node);
/* The ends of a NODE_RANGE, equal in all lanes; false: the upper one is missing. */
bool eval_range_ends(State *S, const Node *range, double *low, double *high);
/* The same where that is an error. */
void eval_range_known(State *S, const Node *range, double *low, double *high);

/* eval_access.c */
Value eval_index(State *S, const Node *node);
Value eval_field(State *S, const Node *node);
Value eval_bracket(State *S, const Node *node);
Value eval_record(State *S, const Node *node);
Value eval_text(State *S, const Node *node);
enum { SUBSCRIPTS = LAYOUT_RANK };
/* Evaluates the subscripts of an index expression but those in the bit set `skip`; returns how many. Each one's index value
   is pushed on the value stack. */
uint32_t eval_subscripts(State *S, const NodeList *nodes, uint32_t skip, Subscript out[SUBSCRIPTS]);
/* object[subscripts] for any value. */
Value index_value(State *S, Value object, const Subscript *subscripts, uint32_t n);
/* object["name"] and object.name; raise unknown-field with a suggestion. */
Value index_by_name(State *S, Value object, String *name);
Value field_of(State *S, Value object, String *name);
/* Raises unknown-field, with the nearest of the names that there are. */
_Noreturn void field_raise_unknown(State *S, Value object, const String *name, String *const *names, size_t n);
/* log_prob, cdf, quantile: what a distribution answers when it is called. */
bool is_method_name(const char *name);
/* Items as brackets make them: numbers and arrays of one shape stack, anything else is a list. */
Value value_of_items(State *S, const Value *items, uint32_t n);
/* An array that is built index by index, as a whole: stacked. Other values stay. */
Value value_whole(State *S, Value v);
/* An item of a list, which every lane that is on must have. */
Value list_item(State *S, const List *list, size_t at);

/* eval_variable.c */
Value *variable_slot(State *S, const Variable *variable);
Value variable_read(State *S, const Node *node, const Variable *variable, bool whole);
/* Assigns under the lane mask. */
void variable_store(State *S, const Variable *variable, Value v);
/* The lanes whose parts of the variable's value an assignment to a part changes; NULL: all lanes that have the value. */
Array *variable_mask(State *S, const Variable *variable);
/* Gives the variable a value in which parts were replaced, in the lanes of variable_mask. */
void variable_store_whole(State *S, const Variable *variable, Value v);
/* A value that only the lanes of `mask` have: in a variable, or an element of an array that is built index by index. */
Value partial_new(State *S, Value v, Array *mask);
bool list_has_partial(const List *list);

/* eval_assign.c */
void assign_target(State *S, const Node *target, Value v);
Value eval_assign(State *S, const Node *node);

/* eval_call.c */
Value eval_call(State *S, const Node *node);

/* eval_function.c */
Value eval_function(State *S, const Node *node, const Function *function);
Value eval_define(State *S, const Node *node);
/* The guide of a model (also of a wrapped one), or unassigned. */
Value closure_guide(Value f);

/* eval_control.c */
Value eval_if(State *S, const Node *node);
Value eval_for(State *S, const Node *node);
Value eval_while(State *S, const Node *node);
Value eval_with(State *S, const Node *node);
void eval_return(State *S, const Node *node);
void eval_leave_loop(State *S, const Node *node);
/* After a part that switched lanes off for good: the lanes that go on, of those at its start. Sets S->mask, or SIGNAL_OFF. */
void control_resume(State *S, Array *entry);

/* eval_plate.c */
Value eval_plate(State *S, const Node *node);
/* What an element's variable starts with: the variable outside, in the plate's lanes; unassigned if there is none. */
Value lifted_initial(State *S, const Lifted *lifted);

/* eval_site.c */
Value eval_site(State *S, const Node *node);
/* A bracket whose bare names are names of sites: hide = [mu, z[3]]. */
Value eval_site_names(State *S, const Node *bracket);
Value eval_param(State *S, const Node *node);

/* The bit set of an index expression's subscripts that are the index of a plate around. */
uint32_t site_plate_subscripts(State *S, const Node *index);

/* eval_handler.c */
Value eval_handler(State *S, const Node *node);

/* formula.c */
/* The answer to one of distribution_questions (but log_prob), or the row's `base` or `from_base`: `extra` is the argument x or
   q, or the other distribution of kl (the Kullback-Leibler divergence from d to it, known within one family), NULL if it takes
   none. VALUE_UNASSIGNED if it is not known. Runs program code. */
Value distribution_formula(State *S, Distribution *d, const char *name, const Value *extra);
/* The same for the functions of composed families: the collector does not run, so that values may be held across it. */
Value distribution_answer(State *S, Distribution *d, const char *name, const Value *extra);
/* The function fn(names…) { text }, compiled once for each title. Runs program code. */
Value formula_compiled(State *S, const char *title, const char *const names[], unsigned n, const char *text);

/* run.c */
Value eval_import(State *S, const Node *node);

#endif
