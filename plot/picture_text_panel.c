/* SPDX-License-Identifier: GPL-3.0-or-later
   A panel as text: title, axes with ticks, the canvas between them, key and note below. */
#include <math.h>
#include <string.h>

#include "plot/picture_text_parts.h"
#include "runtime/text.h"

enum { KEY_ROWS = 10, NOTE_ROWS = 3, KEY_GAP = 3, NAME_COLUMNS = 4 };

/* ---- Key ---- */

/* Where the next entry goes. */
typedef struct KeyPlace {
    unsigned row, column;
} KeyPlace;

static unsigned entry_columns(State *S, const Layer *layer, const TextStyle *style) {
    unsigned sample;
    size_t start = text_begin(S);
    marks_sample(S, layer, style, &sample);
    text_drop(S, start);
    return sample + 1 + grid_width(layer->label->text, layer->label->length) + (style->letter ? 2 : 0);
}

/* Moves on by an entry of so many columns, and says where it begins. */
static KeyPlace key_next(KeyPlace *place, unsigned columns, unsigned width) {
    if (columns > width) columns = width;
    if (place->column && place->column + columns > width) *place = (KeyPlace){place->row + 1, 0};
    KeyPlace here = *place;
    place->column += columns + KEY_GAP;
    return here;
}

static unsigned key_rows(State *S, const TextPanel *t, unsigned width) {
    KeyPlace place = {0, 0};
    bool any = false;
    for (uint32_t k = 0; k < t->panel->n_layers; k++) {
        if (!t->panel->layers[k].label) continue;
        any = true;
        key_next(&place, entry_columns(S, &t->panel->layers[k], &t->styles[k]), width);
    }
    return !any ? 0 : place.row + 1 < KEY_ROWS ? place.row + 1 : KEY_ROWS;
}

static void draw_entry(State *S, const Layer *layer, const TextStyle *style, TextGrid *grid, unsigned row, unsigned column, unsigned width) {
    unsigned sample, used = 0;
    if (style->letter) {
        grid_put(grid, row, column, width, &style->letter, 1, style->ink);
        used = 2;
    }
    size_t start = text_begin(S);
    marks_sample(S, layer, style, &sample);
    grid_put(grid, row, column + used, sample, text_at(S, start), text_length(S, start), style->ink);
    text_drop(S, start);
    used += sample + 1;
    if (used < width) grid_put(grid, row, column + used, width - used, layer->label->text, layer->label->length, INK_PLAIN);
}

/* The last of KEY_ROWS rows says how many entries have no place. */
static void draw_key(State *S, const TextPanel *t, TextGrid *grid, unsigned row, unsigned column, unsigned width) {
    KeyPlace place = {0, 0};
    unsigned left_out = 0;
    for (uint32_t k = 0; k < t->panel->n_layers; k++) {
        const Layer *layer = &t->panel->layers[k];
        if (!layer->label) continue;
        KeyPlace here = key_next(&place, entry_columns(S, layer, &t->styles[k]), width);
        if (here.row + 1 < KEY_ROWS) draw_entry(S, layer, &t->styles[k], grid, row + here.row, column + here.column, width);
        else left_out++;
    }
    if (!left_out) return;
    size_t start = text_begin(S);
    text_print(S, "… and %u more", left_out);
    grid_put(grid, row + t->key_rows - 1, column, width, text_at(S, start), text_length(S, start), INK_PLAIN);
    text_drop(S, start);
}

/* ---- Note ---- */

static unsigned note_rows(const Panel *panel, unsigned width) {
    if (!panel->note) return 0;
    unsigned rows = 0;
    for (size_t k = 0; k < panel->note->length && rows < NOTE_ROWS; rows++) k += grid_line(panel->note->text + k, panel->note->length - k, width);
    return rows;
}

static void draw_note(const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    const String *note = t->panel->note;
    for (unsigned k = 0, at = 0; note && k < t->note_rows; k++) {
        size_t left = note->length - at, n = k + 1 == t->note_rows ? left : grid_line(note->text + at, left, t->width);
        size_t shown = k + 1 < t->note_rows && n && note->text[at + n - 1] == ' ' ? n - 1 : n;
        grid_put(grid, row + k, column, t->width, note->text + at, shown, INK_PLAIN);
        at += (unsigned)n;
    }
}

/* ---- Layout ---- */

static unsigned tick_columns(const PlotAxis *axis) {
    unsigned most = 0;
    for (unsigned k = 0; k < axis->n_ticks; k++) {
        unsigned n = (unsigned)strlen(axis->ticks[k].text);
        if (n > most) most = n;
    }
    return most;
}

static unsigned canvas_columns(const TextPanel *t) {
    unsigned taken = t->gutter + t->margin;
    return t->width > taken + 4 ? t->width - taken : 4;
}

/* The column of the canvas above a tick; -1: it is out of sight. */
static long tick_column(const TextPanel *t, double at) {
    double place = plot_axis_place(&t->x, at);
    if (!(place >= -1e-9 && place <= 1 + 1e-9)) return -1;
    return lrint(place * (2.0 * canvas_columns(t) - 1)) / 2;
}

/* Where the text of a tick begins, counted from the panel's left side. */
static unsigned tick_start(const TextPanel *t, double at, unsigned columns) {
    long start = t->gutter + tick_column(t, at) - (columns - 1) / 2;
    if (start + columns > t->width) start = (long)t->width - columns;
    return start < 0 ? 0 : (unsigned)start;
}

static bool ticks_fit(const TextPanel *t) {
    unsigned end = 0;
    for (unsigned k = 0; k < t->x.n_ticks; k++) {
        unsigned columns = (unsigned)strlen(t->x.ticks[k].text), start = tick_start(t, t->x.ticks[k].at, columns);
        if (k && start < end + 2) return false;
        end = start + columns;
    }
    return true;
}

static void choose_x_ticks(TextPanel *t) {
    unsigned wanted = canvas_columns(t) / 9;
    for (wanted = wanted < 2 ? 2 : wanted > 12 ? 12 : wanted;; wanted--) {
        plot_axis_ticks(&t->x, wanted);
        if (ticks_fit(t) || wanted <= 2) return;
    }
}

static bool has_y_line(const TextPanel *t) { return t->panel->y_label || t->y.offset[0]; }
static bool has_x_line(const TextPanel *t) { return t->panel->x_label || (t->x.offset[0] && !t->panel->n_x_names); }

TextPanel text_panel_layout(State *S, const Panel *panel, unsigned width, unsigned rows) {
    TextPanel t = {.panel = panel, .width = width, .rows = rows};
    t.note_rows = note_rows(panel, width);
    if (panel->bare) {
        t.rows = shapes_rows(panel, width);
        t.height = t.rows + (panel->title != NULL) + t.note_rows;
        return t;
    }
    t.x = plot_axis_x(panel);
    t.y = plot_axis_y(panel);
    plot_axis_ticks(&t.y, rows / 3 > 8 ? 8 : rows / 3 < 2 ? 2 : rows / 3);
    t.gutter = tick_columns(&t.y) + 2;
    t.styles = marks_styles(S, panel, width, rows);
    for (uint32_t k = 0; k < panel->n_layers; k++)
        if (t.styles[k].letter) t.margin = 2;
    choose_x_ticks(&t);
    t.key_rows = key_rows(S, &t, width > t.gutter ? width - t.gutter : width);
    t.height = (panel->title != NULL) + has_y_line(&t) + rows + 2 + has_x_line(&t) + t.key_rows + t.note_rows;
    return t;
}

/* ---- Axes ---- */

static void put(TextGrid *grid, unsigned row, unsigned column, const char *text) {
    grid_put(grid, row, column, 1u << 20, text, strlen(text), INK_PLAIN);
}

static void draw_y_axis(const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    for (unsigned r = 0; r < t->rows; r++) put(grid, row + r, column + t->gutter - 1, "│");
    long taken = (long)t->rows;
    for (unsigned k = 0; k < t->y.n_ticks; k++) {
        const PlotTick *tick = &t->y.ticks[k];
        long r = lrint((1 - plot_axis_place(&t->y, tick->at)) * (4.0 * t->rows - 1)) / 4;
        if (r < 0 || r >= taken) continue;
        taken = r;
        unsigned columns = (unsigned)strlen(tick->text);
        put(grid, row + (unsigned)r, column + t->gutter - 1, "┤");
        put(grid, row + (unsigned)r, column + t->gutter - 2 - columns, tick->text);
    }
}

static void draw_number_ticks(const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    unsigned end = 0;
    for (unsigned k = 0; k < t->x.n_ticks; k++) {
        const PlotTick *tick = &t->x.ticks[k];
        long at = tick_column(t, tick->at);
        if (at < 0) continue;
        put(grid, row, column + t->gutter + (unsigned)at, "┬");
        unsigned columns = (unsigned)strlen(tick->text), start = tick_start(t, tick->at, columns);
        if (end && start < end + 1) continue;
        put(grid, row + 1, column + start, tick->text);
        end = start + columns;
    }
}

/* Names take what lies between their neighbours, or every other one is left out. */
static void draw_name_ticks(const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    unsigned longest = 0, n = t->panel->n_x_names;
    for (unsigned k = 0; k < n; k++) {
        unsigned columns = grid_width(t->panel->x_names[k]->text, t->panel->x_names[k]->length);
        if (columns > longest) longest = columns;
    }
    double slot = canvas_columns(t) / (t->x.high - t->x.low);
    unsigned wanted = (longest < NAME_COLUMNS ? longest : NAME_COLUMNS) + 1, stride = slot >= wanted ? 1 : (unsigned)ceil(wanted / fmax(slot, 1e-3));
    for (unsigned k = 0; k < n; k += stride) {
        const String *name = t->panel->x_names[k];
        long at = tick_column(t, k);
        if (at < 0) continue;
        put(grid, row, column + t->gutter + (unsigned)at, "┬");
        unsigned columns = grid_width(name->text, name->length), room = (unsigned)fmin(slot * stride, 1000) - 1;
        if (columns > room) columns = room;
        grid_put(grid, row + 1, column + tick_start(t, k, columns ? columns : 1), columns, name->text, name->length, INK_PLAIN);
    }
}

static void draw_x_axis(const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    put(grid, row, column + t->gutter - 1, "└");
    for (unsigned c = 0; c < canvas_columns(t); c++) put(grid, row, column + t->gutter + c, "─");
    if (t->panel->n_x_names) draw_name_ticks(t, grid, row, column);
    else draw_number_ticks(t, grid, row, column);
}

/* An axis's label, with what is to be added to the numbers of its ticks. */
static String *axis_text(State *S, const String *label, const PlotAxis *axis, bool names) {
    size_t start = text_begin(S);
    if (label) text_append(S, label->text, label->length);
    if (axis->offset[0] && !names) text_print(S, label ? " (%s)" : "%s", axis->offset);
    return text_finish(S, start);
}

/* ---- The whole ---- */

/* Letters stand where their lines end, or next to it. */
static void draw_letters(const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    for (uint32_t k = 0; k < t->panel->n_layers; k++) {
        const TextStyle *style = &t->styles[k];
        if (!style->letter || style->end_row < 0) continue;
        for (unsigned d = 0; d < 2 * t->rows; d++) {
            long r = style->end_row + (d % 2 ? -(long)(d + 1) / 2 : (long)d / 2);
            unsigned at = column + t->gutter + canvas_columns(t) + 1;
            if (r < 0 || r >= (long)t->rows || grid->cells[(size_t)(row + (unsigned)r) * grid->columns + at].length) continue;
            grid_put(grid, row + (unsigned)r, at, 1, &style->letter, 1, style->ink);
            break;
        }
    }
}

/* A panel of rules alone has one axis, which is enough. */
static void draw_nothing(State *S, const TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    for (uint32_t k = 0; k < t->panel->n_layers; k++)
        if ((t->panel->layers[k].mark == MARK_RULE_X && !t->x.empty) || (t->panel->layers[k].mark == MARK_RULE_Y && !t->y.empty)) return;
    grid_put_centred(grid, row + t->rows / 2, column + t->gutter, canvas_columns(t), string_of(S, "there is nothing to show"), INK_PLAIN);
}

static void draw_axes_and_layers(State *S, TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    const Panel *panel = t->panel;
    unsigned columns = canvas_columns(t);
    if (has_y_line(t)) {
        String *text = axis_text(S, panel->y_label, &t->y, false);
        grid_put(grid, row++, column, t->width, text->text, text->length, INK_PLAIN);
    }
    Canvas canvas = canvas_new(S, columns, t->rows);
    marks_draw(S, &canvas, panel, &t->x, &t->y, t->styles);
    canvas_compose(&canvas, grid, row, column + t->gutter);
    if (t->x.empty || t->y.empty) draw_nothing(S, t, grid, row, column);
    draw_y_axis(t, grid, row, column);
    draw_letters(t, grid, row, column);
    row += t->rows;
    draw_x_axis(t, grid, row, column);
    row += 2;
    if (has_x_line(t)) grid_put_centred(grid, row++, column + t->gutter, columns, axis_text(S, panel->x_label, &t->x, panel->n_x_names), INK_PLAIN);
    draw_key(S, t, grid, row, column + t->gutter, t->width - t->gutter);
    draw_note(t, grid, row + t->key_rows, column);
}

void text_panel_draw(State *S, TextPanel *t, TextGrid *grid, unsigned row, unsigned column) {
    if (t->panel->title) {
        unsigned gutter = t->panel->bare ? 0 : t->gutter;
        grid_put_centred(grid, row++, column + gutter, t->width - gutter, t->panel->title, INK_TITLE);
    }
    if (!t->panel->bare) {
        draw_axes_and_layers(S, t, grid, row, column);
        return;
    }
    shapes_draw(S, t->panel, grid, row, column, t->width, t->rows);
    draw_note(t, grid, row + t->rows, column);
}
