/* Pictures of functions as SVG: panels with curves or with fields over two coordinates. */
#ifndef PICTURE_H
#define PICTURE_H

#include "../data/operator_data.h"

/* Writes a row for each of the first `rows` functions: the input, the truth with the prediction, the error. Over x as
 * curves; over x and t as maps, truth and prediction apart and in the same colours. Ends the program if the file cannot
 * be written. */
void draw_functions(const char *path, const operator_data *data, const double *prediction, int rows);

/* Writes the predictions for the first `functions` as a table: function, x (and t), truth, prediction. */
void write_predictions(const char *path, const operator_data *data, const double *prediction, int functions);

#endif
