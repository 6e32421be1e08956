/* SPDX-License-Identifier: GPL-3.0-or-later
   A line of text for each message: what it is, and what each handler does with it. */
#include "inference/microscope.h"
#include "runtime/text.h"

/* A loop over a thousand sites is seen by its first ones: so many of the guide, and of the model. */
enum { MOST_LINES = 30 };

static void add_to_line(State *S, MessageLog *log, uint32_t line, size_t start) {
    String *part = text_finish(S, start);
    size_t whole = text_begin(S);
    text_print(S, "%s%s", log->lines->items[line].as.string->text, part->text);
    log->lines->items[line] = value_object(text_finish(S, whole));
}

/* The guide or the model that runs. */
static const Function *program_of(const State *S) {
    for (const Frame *frame = S->frame; frame; frame = frame->previous) {
        const Function *function = frame->closure->function;
        if (function->kind == FUNCTION_GUIDE || function->kind == FUNCTION_MODEL) return function;
    }
    return NULL;
}

static void note_program(State *S, MessageLog *log) {
    const Function *program = program_of(S);
    if (program == log->program) return;
    log->program = program;
    log->lines_of_program = 0;
    if (!program) return;
    size_t start = text_begin(S);
    text_print(S, "  %s %s", program->kind == FUNCTION_GUIDE ? "guide" : "model", program->name ? program->name->text : "");
    list_append(S, log->lines, value_object(text_finish(S, start)));
}

static bool is_logged(const MessageLog *log) {
    return log->depth <= sizeof log->line / sizeof *log->line && log->line[log->depth - 1] != UINT32_MAX;
}

static void begin_line(State *S, MessageLog *log, const Message *m) {
    note_program(S, log);
    if (log->depth++ >= sizeof log->line / sizeof *log->line) return;
    uint32_t *line = &log->line[log->depth - 1];
    *line = UINT32_MAX;
    if (log->lines_of_program > MOST_LINES) return;
    size_t start = text_begin(S);
    if (log->lines_of_program++ == MOST_LINES) {
        text_print(S, "    … and so on");
        list_append(S, log->lines, value_object(text_finish(S, start)));
        return;
    }
    text_print(S, "    %*s%s %s", (int)(2 * (log->depth - 1)), "", message_kind_text(m->kind, m->is_observed), m->name->text);
    if (m->kind == MESSAGE_SAMPLE && m->distribution) {
        text_print(S, " ~ ");
        text_value(S, value_object(m->distribution));
    }
    if (m->kind == MESSAGE_PLATE && m->value.tag == VALUE_NUMBER) text_print(S, ", %.0f element%s", m->value.as.number, m->value.as.number == 1 ? "" : "s");
    *line = log->lines->count;
    list_append(S, log->lines, value_object(text_finish(S, start)));
}

static bool same_value(Value a, Value b) {
    if (a.tag != b.tag) return false;
    if (a.tag == VALUE_UNASSIGNED) return true;
    return value_is_object(a) ? a.as.object == b.as.object : a.tag != VALUE_NUMBER || a.as.number == b.as.number;
}

/* What a handler changed, in words; false: nothing. */
static bool text_changes(State *S, const Message *was, const Message *m) {
    size_t before = S->text_used;
    const char *between = " ";
    if (m->distribution != was->distribution && m->kind == MESSAGE_SAMPLE) {
        text_print(S, "%sasks for ", between);
        text_value(S, value_object(m->distribution));
        between = ", ";
    }
    if (m->is_observed != was->is_observed) {
        text_print(S, m->is_observed ? "%stakes it as observed" : "%stakes it as latent", between);
        between = ", ";
    }
    if (!same_value(m->value, was->value) && m->value.tag != VALUE_UNASSIGNED) {
        text_print(S, "%sgives ", between);
        text_brief(S, value_detached(m->value));
        between = ", ";
    }
    if (!same_value(m->scale, was->scale)) {
        text_print(S, "%sscales it by ", between);
        text_brief(S, value_detached(m->scale));
        between = ", ";
    }
    if (m->mask != was->mask) {
        text_print(S, "%smasks it", between);
        between = ", ";
    }
    if (m->hidden && !was->hidden) text_print(S, "%shides it from those outside", between);
    return S->text_used != before;
}

static void log_handler(State *S, MessageLog *log, OnlookerMoment moment, const HandlerFrame *frame, const Message *was, const Message *m) {
    size_t start = text_begin(S);
    text_print(S, MESSAGE_LOG_ARROW "%s", handler_frame_name(frame));
    bool did = text_changes(S, was, m);
    if (!did && frame->row == &handler_trace) text_print(S, " notes it");
    else if (!did && moment == ONLOOKER_AFTER) text_print(S, " sees it");
    else if (!did) text_print(S, " lets it pass");
    add_to_line(S, log, log->line[log->depth - 1], start);
}

static void log_settled(State *S, MessageLog *log, const Message *was, const Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    size_t start = text_begin(S);
    bool drawn = was->value.tag == VALUE_UNASSIGNED && m->value.tag != VALUE_UNASSIGNED;
    if (drawn) {
        text_print(S, m->kind == MESSAGE_PARAM ? MESSAGE_LOG_ARROW "begins at " : MESSAGE_LOG_ARROW "drawn ");
        text_brief(S, value_detached(m->value));
    } else if (m->is_observed && was->is_observed && m->value.tag != VALUE_UNASSIGNED) {
        text_print(S, MESSAGE_LOG_ARROW "is ");
        text_brief(S, value_detached(m->value));
    }
    add_to_line(S, log, log->line[log->depth - 1], start);
}

static void look(State *S, Onlooker *onlooker, OnlookerMoment moment, const HandlerFrame *frame, const Message *was, const Message *m) {
    MessageLog *log = (MessageLog *)onlooker;
    if (moment == ONLOOKER_SENT) {
        begin_line(S, log, m);
        return;
    }
    if (is_logged(log)) {
        if (moment == ONLOOKER_SETTLED) log_settled(S, log, was, m);
        else if (moment != ONLOOKER_DONE) log_handler(S, log, moment, frame, was, m);
    }
    if (moment == ONLOOKER_DONE) log->depth--;
}

void message_log_begin(MessageLog *log, List *lines) { *log = (MessageLog){.onlooker = {look}, .lines = lines}; }
