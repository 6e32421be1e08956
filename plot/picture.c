/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures as objects: tables that grow, and what the collector needs to know of them. */
#include "plot/picture.h"

#include <math.h>
#include <string.h>

#include "plot/picture_text.h"
#include "runtime/gc.h"
#include "runtime/memory.h"

Picture *picture_new(State *S) { return gc_new(S, VALUE_PICTURE, sizeof(Picture)); }

Panel *picture_panel(State *S, Picture *picture) {
    MEMORY_GROW(S, picture->panels, picture->n_panels, picture->panel_capacity);
    Panel *panel = &picture->panels[picture->n_panels++];
    *panel = (Panel){.x_low = NAN, .x_high = NAN, .y_low = NAN, .y_high = NAN};
    return panel;
}

Layer *panel_layer(State *S, Panel *panel, MarkKind mark, const char *label) {
    String *name = label ? string_of(S, label) : NULL;
    MEMORY_GROW(S, panel->layers, panel->n_layers, panel->layer_capacity);
    Layer *layer = &panel->layers[panel->n_layers++];
    *layer = (Layer){.mark = mark, .label = name};
    return layer;
}

Layer *panel_points(State *S, Panel *panel, MarkKind mark, const char *label, size_t n, const double *x, const double *y) {
    Array *xs = x ? array_vector(S, n, x) : NULL, *ys = y ? array_vector(S, n, y) : NULL;
    Layer *layer = panel_layer(S, panel, mark, label);
    layer->n = n;
    layer->x = xs;
    layer->y = ys;
    return layer;
}

Shape *panel_shape(State *S, Panel *panel, ShapeKind kind, double x, double y, double x2, double y2, const char *text) {
    String *name = text ? string_of(S, text) : NULL;
    MEMORY_GROW(S, panel->shapes, panel->n_shapes, panel->shape_capacity);
    Shape *shape = &panel->shapes[panel->n_shapes++];
    *shape = (Shape){.kind = kind, .x = x, .y = y, .x2 = x2, .y2 = y2, .text = name};
    return shape;
}

static void append_marks(State *S, Panel *panel, const Panel *from) {
    for (uint32_t k = 0; k < from->n_layers; k++) *panel_layer(S, panel, from->layers[k].mark, NULL) = from->layers[k];
    for (uint32_t k = 0; k < from->n_shapes; k++) *panel_shape(S, panel, from->shapes[k].kind, 0, 0, 0, 0, NULL) = from->shapes[k];
}

static void copy_names(State *S, Panel *panel, const Panel *from) {
    if (!from->n_x_names || panel->n_x_names) return;
    panel->x_names = memory_new(S, from->n_x_names * sizeof *panel->x_names);
    memcpy(panel->x_names, from->x_names, from->n_x_names * sizeof *panel->x_names);
    panel->n_x_names = from->n_x_names;
}

void panel_join(State *S, Panel *panel, const Panel *from) {
    if (!panel->title) panel->title = from->title;
    if (!panel->x_label) panel->x_label = from->x_label;
    if (!panel->y_label) panel->y_label = from->y_label;
    if (!panel->note) panel->note = from->note;
    if (isnan(panel->x_low)) panel->x_low = from->x_low;
    if (isnan(panel->x_high)) panel->x_high = from->x_high;
    if (isnan(panel->y_low)) panel->y_low = from->y_low;
    if (isnan(panel->y_high)) panel->y_high = from->y_high;
    panel->log_x |= from->log_x;
    panel->log_y |= from->log_y;
    panel->bare |= from->bare;
    copy_names(S, panel, from);
    append_marks(S, panel, from);
}

void picture_append(State *S, Picture *picture, const Picture *from) {
    for (uint32_t k = 0; k < from->n_panels; k++) {
        Panel *panel = picture_panel(S, picture);
        *panel = from->panels[k];
        panel->layers = NULL;
        panel->shapes = NULL;
        panel->x_names = NULL;
        panel->n_layers = panel->layer_capacity = panel->n_shapes = panel->shape_capacity = panel->n_x_names = 0;
        append_marks(S, panel, &from->panels[k]);
        copy_names(S, panel, &from->panels[k]);
    }
}

uint32_t picture_columns(const Picture *picture) {
    if (picture->columns) return picture->columns < picture->n_panels ? picture->columns : picture->n_panels ? picture->n_panels : 1;
    uint32_t columns = (uint32_t)ceil(sqrt(picture->n_panels));
    return columns ? columns : 1;
}

/* ---- The object ---- */

static void mark_panel(State *S, const Panel *panel) {
    gc_mark(S, panel->title);
    gc_mark(S, panel->x_label);
    gc_mark(S, panel->y_label);
    gc_mark(S, panel->note);
    for (uint32_t k = 0; k < panel->n_layers; k++) {
        gc_mark(S, panel->layers[k].label);
        gc_mark(S, panel->layers[k].x);
        gc_mark(S, panel->layers[k].x2);
        gc_mark(S, panel->layers[k].y);
        gc_mark(S, panel->layers[k].y2);
    }
    for (uint32_t k = 0; k < panel->n_shapes; k++) gc_mark(S, panel->shapes[k].text);
    for (uint32_t k = 0; k < panel->n_x_names; k++) gc_mark(S, panel->x_names[k]);
}

static void picture_mark(State *S, Object *object) {
    const Picture *picture = (Picture *)object;
    gc_mark(S, picture->title);
    for (uint32_t k = 0; k < picture->n_panels; k++) mark_panel(S, &picture->panels[k]);
}

static void picture_release(State *S, Object *object) {
    Picture *picture = (Picture *)object;
    for (uint32_t k = 0; k < picture->n_panels; k++) {
        Panel *panel = &picture->panels[k];
        memory_free(S, panel->layers, panel->layer_capacity * sizeof *panel->layers);
        memory_free(S, panel->shapes, panel->shape_capacity * sizeof *panel->shapes);
        memory_free(S, panel->x_names, panel->n_x_names * sizeof *panel->x_names);
    }
    memory_free(S, picture->panels, picture->panel_capacity * sizeof *picture->panels);
}

static void picture_print(State *S, Object *object) { picture_text(S, (Picture *)object, 0); }

static const ObjectType picture_type = {.mark = picture_mark, .release = picture_release, .print = picture_print};

void picture_open(State *S) { S->foreign_types[VALUE_PICTURE] = &picture_type; }
