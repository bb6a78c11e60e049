#include "picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 300, HEIGHT = 190, MARGIN = 34, LEVELS = 40 };

static FILE *open_file(const char *path) {
  FILE *file = fopen(path, "w");
  if (file) return file;
  perror(path);
  exit(EXIT_FAILURE);
}

typedef struct range {
  double low, high;
} range;

static range range_of(range r, const double *values, int count) {
  for (int i = 0; i < count; ++i) r.low = fmin(r.low, values[i]), r.high = fmax(r.high, values[i]);
  return r;
}

/* Opens a panel: a frame, and a title with the range of its values. */
static void begin_panel(FILE *file, int column, int row, const char *title, range r) {
  fprintf(file, "<g transform=\"translate(%d %d)\">\n", MARGIN + column * (WIDTH + MARGIN),
          MARGIN + row * (HEIGHT + MARGIN));
  fprintf(file, "<rect width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>\n", WIDTH, HEIGHT);
  fprintf(file, "<text y=\"-6\">%s, from %.3g to %.3g</text>\n", title, r.low, r.high);
}

static void end_panel(FILE *file) { fprintf(file, "</g>\n"); }

static void draw_curve(FILE *file, const double *x, const double *values, int count, range r, const char *style) {
  double width = r.high > r.low ? r.high - r.low : 1;
  fprintf(file, "<polyline fill=\"none\" %s points=\"", style);
  for (int i = 0; i < count; ++i) {
    fprintf(file, "%.1f,%.1f ", WIDTH * (x[i] - x[0]) / (x[count - 1] - x[0]), HEIGHT * (r.high - values[i]) / width);
  }
  fprintf(file, "\"/>\n");
}

/* A map of values [columns][rows], columns along x and rows upwards, in levels from blue over white to red (`signs`) or
 * from dark to light: each level is one path of horizontal bars. */
static void draw_map(FILE *file, const double *values, int columns, int rows, range r, int signs) {
  double width = r.high > r.low ? r.high - r.low : 1;
  fprintf(file, "<g transform=\"scale(%g %g)\" shape-rendering=\"crispEdges\">\n", (double)WIDTH / columns,
          (double)HEIGHT / rows);
  for (int level = 0; level < LEVELS; ++level) {
    double place = (level + 0.5) / LEVELS, pale = 1 - fabs(2 * place - 1);
    int red = (int)(255 * (signs ? (place > 0.5 ? 1 : pale) : place));
    int green = (int)(255 * (signs ? pale : 0.1 + 0.8 * place * place));
    int blue = (int)(255 * (signs ? (place < 0.5 ? 1 : pale) : 0.5 + 0.4 * sin(3 * place) - 0.5 * place));
    fprintf(file, "<path fill=\"#%02x%02x%02x\" d=\"", red, green, blue);
    for (int t = 0; t < rows; ++t) {
      for (int from = 0, to; from < columns; from = to + 1) {
        for (to = from; to < columns; ++to) {
          int own = (int)(LEVELS * (values[to * rows + t] - r.low) / width);
          if ((own < LEVELS ? own : LEVELS - 1) != level) break;
        }
        if (to > from) fprintf(file, "M%d %dh%dv1H%dz", from, rows - 1 - t, to - from, from);
      }
    }
    fprintf(file, "\"/>\n");
  }
  fprintf(file, "</g>\n");
}

void draw_functions(const char *path, const operator_data *data, const double *prediction, int rows) {
  int points = data->points, values = points * data->times, columns = data->times > 1 ? 4 : 3;
  const range none = {INFINITY, -INFINITY};
  double *error = allocate(values);
  FILE *file = open_file(path);
  fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
                "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
          MARGIN + columns * (WIDTH + MARGIN), MARGIN + rows * (HEIGHT + MARGIN));
  for (int row = 0; row < rows; ++row) {
    const double *input = data->inputs + (long)row * points, *truth = data->targets + (long)row * values;
    const double *guess = prediction + (long)row * values;
    for (int i = 0; i < values; ++i) error[i] = guess[i] - truth[i];
    range own = range_of(none, input, points), both = range_of(range_of(none, truth, values), guess, values);
    range errors = range_of(none, error, values);
    begin_panel(file, 0, row, "input", own);
    draw_curve(file, data->x, input, points, own, "stroke=\"#333\"");
    end_panel(file);
    if (data->times == 1) {
      begin_panel(file, 1, row, "truth (grey) and prediction", both);
      draw_curve(file, data->x, truth, points, both, "stroke=\"#bbb\" stroke-width=\"4\"");
      draw_curve(file, data->x, guess, points, both, "stroke=\"#1f77b4\"");
      end_panel(file);
      begin_panel(file, 2, row, "error", errors);
      draw_curve(file, data->x, error, points, errors, "stroke=\"#d62728\"");
      end_panel(file);
      continue;
    }
    const double *fields[2] = {truth, guess};
    for (int i = 0; i < 2; ++i) {
      begin_panel(file, 1 + i, row, i ? "prediction over x and t" : "truth over x and t", both);
      draw_map(file, fields[i], points, data->times, both, 0);
      end_panel(file);
    }
    double bound = fmax(-errors.low, errors.high);
    range about_zero = {-bound, bound};
    begin_panel(file, 3, row, "error", about_zero);
    draw_map(file, error, points, data->times, about_zero, 1);
    end_panel(file);
  }
  fprintf(file, "</svg>\n");
  if (fclose(file)) perror(path), exit(EXIT_FAILURE);
  free(error);
}

void write_predictions(const char *path, const operator_data *data, const double *prediction, int functions) {
  FILE *file = open_file(path);
  fprintf(file, data->times > 1 ? "function,x,t,truth,prediction\n" : "function,x,truth,prediction\n");
  for (int f = 0; f < functions; ++f) {
    for (int p = 0; p < data->points; ++p) {
      for (int i = 0; i < data->times; ++i) {
        long place = ((long)f * data->points + p) * data->times + i;
        fprintf(file, "%d,%.6g,", f, data->x[p]);
        if (data->times > 1) fprintf(file, "%.6g,", data->t[i]);
        fprintf(file, "%.6g,%.6g\n", data->targets[place], prediction[place]);
      }
    }
  }
  if (fclose(file)) perror(path), exit(EXIT_FAILURE);
}
