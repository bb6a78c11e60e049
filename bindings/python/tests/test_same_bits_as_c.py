"""The same seed gives the same bits to a C program and to Python."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import rfgsnn

INCLUDE = Path(__file__).resolve().parents[3] / "include"

PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include "rfgsnn.h"
static void require(rfgsnn_status status) {
  if (status < 0) { fprintf(stderr, "%s\n", rfgsnn_last_error()); exit(1); }
}
int main(int argc, char **argv) {
  (void)argc;
  double x[60][2], y[60][1];
  for (int i = 0; i < 60; ++i) {
    x[i][0] = (i % 8 - 4) / 4.0;
    x[i][1] = (i % 5 - 2) / 2.0;
    y[i][0] = x[i][0] * x[i][1];
  }
  int64_t x_shape[2] = {60, 2}, y_shape[2] = {60, 1}, hidden[2] = {20, 12};
  rfgsnn_array inputs = {x, {1, 0}, 2, {2, 64, 1}, x_shape, NULL, 0};
  rfgsnn_array targets = {y, {1, 0}, 2, {2, 64, 1}, y_shape, NULL, 0};
  rfgsnn_options *options; rfgsnn_network *network; rfgsnn_trainer *trainer;
  require(rfgsnn_options_create(&options));
  require(rfgsnn_options_set_int(options, "inputs", 2));
  require(rfgsnn_options_set_int(options, "outputs", 1));
  require(rfgsnn_options_set_ints(options, "hidden", hidden, 2));
  require(rfgsnn_options_set_int(options, "seed", 7));
  require(rfgsnn_options_set_int(options, "threads", atoi(argv[1])));
  require(rfgsnn_options_set_int(options, "steps", 25));
  require(rfgsnn_options_set_int(options, "batch_size", 16));
  require(rfgsnn_options_set_string(options, "readout_solve", "end"));
  require(rfgsnn_network_create(options, &network));
  require(rfgsnn_trainer_create(network, options, &trainer));
  require(rfgsnn_fit(trainer, &inputs, 1, &targets, NULL, 0, NULL, NULL, NULL));
  float *values; int64_t count;
  require(rfgsnn_network_parameters(network, &values, &count));
  fwrite(values, sizeof *values, (size_t)count, stdout);
  return 0;
}
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_c_and_python_train_to_the_same_bits(tmp_path, threads):
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "this test needs a C compiler"
    library = Path(rfgsnn.library_path())
    source = tmp_path / "train.c"
    source.write_text(PROGRAM)
    subprocess.run(
        [compiler, "-std=c99", f"-I{INCLUDE}", source, "-o", tmp_path / "train", library, f"-Wl,-rpath,{library.parent}"],
        check=True,
    )
    printed = subprocess.run([tmp_path / "train", str(threads)], check=True, capture_output=True).stdout
    from_c = np.frombuffer(printed, np.float32)

    i = np.arange(60)
    x = np.stack([(i % 8 - 4) / 4, (i % 5 - 2) / 2], axis=1)
    y = x[:, :1] * x[:, 1:]
    network = rfgsnn.Network(2, 1, hidden=(20, 12), seed=7, threads=3 - threads)
    rfgsnn.Trainer(network, seed=7, steps=25, batch_size=16, readout_solve="end").fit(x, y, progress=False)

    assert from_c.size == network.parameters.size
    assert np.array_equal(from_c.view(np.uint32), network.parameters.view(np.uint32))
