import CSystem
import Kernels

/// The measurements of one instruction set.
struct KernelMeasurements {
  let table: KernelTable

  func all() -> [Measurement] {
    products() + sparseProducts() + spikeSums() + neurons() + randomNumbers() + algebra()
  }

  /// c = a b: sizes of tiles and layers, odd ones too.
  private func products() -> [Measurement] {
    let sizes = [
      (16, 128, 128), (256, 128, 128), (1024, 128, 128), (256, 1024, 1024), (100, 112, 99), (17, 144, 37), (8, 16, 128),
    ]
    return sizes.map { size in product(size.0, size.1, size.2) }
  }

  private func product(_ m: Int, _ n: Int, _ k: Int) -> Measurement {
    let (a, b, c) = (Numbers(m * k), Numbers(k * n), Numbers(m * n))
    return Measurement(name: "product \(m) x \(k) x \(n)", limit: .arithmetic, work: 2 * Double(m * n * k)) {
      var arguments = rfgk_gemm(
        m: Int64(m), n: Int64(n), k: Int64(k), a: UnsafePointer(a.pointer), a_row: Int64(k), a_column: 1,
        b: UnsafePointer(b.pointer), b_row: Int64(n), c: c.pointer, c_row: Int64(n), accumulate: 0, sparse: 0)
      table.multiply(&arguments)
    }
  }

  /// Products with a matrix that is partly zero; multiply-adds are those with what is not.
  private func sparseProducts() -> [Measurement] {
    [0.05, 0.15, 0.3, 0.5].flatMap { density in
      [sparseProduct(64, 128, 128, density), sparseProduct(256, 128, 128, density)]
    }
  }

  private func sparseProduct(_ m: Int, _ n: Int, _ k: Int, _ density: Double) -> Measurement {
    // Fresh zeros for every call, so that no branch is learnt by heart.
    let sets = 16
    let (a, b, c) = (Numbers(sets * m * k), Numbers(k * n), Numbers(m * n))
    var random = UInt64(7)
    var kept = 0
    for place in 0..<sets * m * k {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if Double(random >> 11) * 0x1p-53 < density { kept += 1 } else { a.pointer[place] = 0 }
    }
    var set = 0
    return Measurement(
      name: "product \(m) x \(k) x \(n), \(Int(100 * density)) % not zero", limit: .arithmetic,
      work: 2 * Double(n * kept) / Double(sets)
    ) {
      var arguments = rfgk_gemm(
        m: Int64(m), n: Int64(n), k: Int64(k), a: UnsafePointer(a.pointer + set * m * k), a_row: Int64(k), a_column: 1,
        b: UnsafePointer(b.pointer), b_row: Int64(n), c: c.pointer, c_row: Int64(n), accumulate: 0, sparse: 1)
      table.multiply(&arguments)
      set = (set + 1) % sets
    }
  }

  /// Sums of weight rows over the spikes of 16 time steps of a tile of 16 samples; bytes are those of the rows that spikes
  /// pick, also where sums of four come from tables.
  private func spikeSums() -> [Measurement] {
    [(128, 128), (200, 144), (1024, 1024)].flatMap { inputs, width in
      [0.05, 0.15, 0.3, 0.5, 0.8].flatMap { density in
        [spikeSum(inputs, width, density, fromTables: false)]
          + (inputs < 1024 && density > 0.15 ? [spikeSum(inputs, width, density, fromTables: true)] : [])
      }
    }
  }

  private func spikeSum(_ inputs: Int, _ width: Int, _ density: Double, fromTables: Bool) -> Measurement {
    let (samples, steps, sets) = (16, 16, 8)
    let rows = samples * steps
    let (inWords, outWords) = ((inputs + 63) / 64, (width + 63) / 64)
    let pieces = (inputs + 15) / 16
    let weights = Numbers(inputs * width)
    let tables = Numbers(fromTables ? 64 * pieces * width : 0)
    let state = Numbers((3 * samples + rows) * width)
    let masks = UnsafeMutablePointer<UInt64>.allocate(capacity: rows * (sets * inWords + outWords))
    masks.initialize(repeating: 0, count: rows * (sets * inWords + outWords))
    // Fresh masks for every call, so that no branch is learnt by heart.
    var (spikes, random) = (0, UInt64(7))
    for row in 0..<sets * rows {
      for neuron in 0..<inputs {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if Double(random >> 11) * 0x1p-53 < density {
          masks[row * inWords + neuron / 64] |= 1 << UInt64(neuron % 64)
          spikes += 1
        }
      }
    }
    if fromTables {
      var arguments = rfgk_tables(
        presynaptic: Int32(inputs), padded: Int32(width), pieces: Int32(pieces),
        weights: UnsafePointer(weights.pointer), tables: tables.pointer)
      table.fillTables(&arguments)
    }
    var set = 0
    let work = 4 * Double(spikes) / Double(sets) * Double(width)
    return Measurement(
      name: "spikes \(inputs) to \(width) at \(Int(100 * density)) %\(fromTables ? ", tables" : "")",
      limit: .bandwidth(footprint: min(64, inputs) * min(128, width) * 4), work: work
    ) {
      var arguments = rfgk_integrate()
      arguments.samples = Int32(samples)
      arguments.steps = Int32(steps)
      arguments.step_rows = Int32(samples)
      arguments.padded = Int32(width)
      arguments.in_words = Int32(inWords)
      arguments.out_words = Int32(outWords)
      arguments.leak = 1
      arguments.threshold = 1e9
      arguments.base = UnsafePointer(state.pointer)
      arguments.base_stride = Int64(width)
      arguments.weights = UnsafePointer(weights.pointer)
      arguments.panel_stride = Int64(inputs) * Int64(RFGK_PANEL)
      arguments.tables = fromTables ? UnsafePointer(tables.pointer) : nil
      arguments.table_pieces = Int32(pieces)
      arguments.in_positive = UnsafePointer(masks + set * rows * inWords)
      arguments.currents = state.pointer + 3 * samples * width
      arguments.membrane = state.pointer + samples * width
      arguments.count = state.pointer + 2 * samples * width
      arguments.out_positive = masks + sets * rows * inWords
      table.integrateAndFire(&arguments)
      set = (set + 1) % sets
    }
  }

  /// Element by element on a tile of 16 samples of 128 neurons, and on a million parameters.
  private func neurons() -> [Measurement] {
    let count = 16 * 128
    let values = Numbers(6 * count)
    let shapes = ["gaussian", "fast sigmoid", "arctangent", "sigmoid", "triangle", "boxcar"]
    var found = shapes.enumerated().map { kind, name in
      // Potential in; sensitivity and its sum in and out.
      Measurement(name: "surrogate, \(name)", limit: .bandwidth(footprint: 12 * count), work: 20 * Double(count)) {
        var arguments = rfgk_surrogate()
        arguments.count = Int64(count)
        arguments.kind = Int32(kind)
        arguments.peak = 0.8
        arguments.threshold = 1
        arguments.leak = 0.5
        arguments.potential = UnsafePointer(values.pointer)
        arguments.sensitivity = values.pointer + count
        arguments.sensitivity_sum = values.pointer + 2 * count
        table.surrogateFactors(&arguments)
      }
    }
    found += [1, 16].map(firing)
    found.append(
      Measurement(name: "tangents of a step", limit: .bandwidth(footprint: 24 * count), work: 32 * Double(count)) {
        var arguments = rfgk_tangent()
        arguments.directions = 1
        arguments.steps = 1
        arguments.current_last = 1
        arguments.count = Int64(count)
        arguments.leak = 0.5
        arguments.psi = UnsafePointer(values.pointer)
        arguments.rho = UnsafePointer(values.pointer + count)
        arguments.current = UnsafePointer(values.pointer + 2 * count)
        arguments.membrane = values.pointer + 3 * count
        arguments.spike = values.pointer + 4 * count
        arguments.spike_sum = values.pointer + 5 * count
        table.advanceTangents(&arguments)
      })
    let many = 1 << 20
    let parameters = Numbers(4 * many)
    found.append(
      Measurement(name: "Adam, 1048576 parameters", limit: .bandwidth(footprint: 16 * many), work: 28 * Double(many)) {
        var arguments = rfgk_adam()
        arguments.count = Int64(many)
        arguments.parameters = parameters.pointer
        arguments.first = parameters.pointer + many
        arguments.second = parameters.pointer + 2 * many
        arguments.gradient = UnsafePointer(parameters.pointer + 3 * many)
        arguments.step = 1e-6
        arguments.beta1 = 0.9
        arguments.beta2 = 0.999
        arguments.epsilon_hat = 1e-3
        table.adamUpdate(&arguments)
      })
    found.append(
      Measurement(name: "sum of squares, 1048576", limit: .bandwidth(footprint: 4 * many), work: 4 * Double(many)) {
        _ = table.sumOfSquares(many, UnsafePointer(parameters.pointer))
      })
    return found
  }

  /// Time steps of neurons under a constant current, with their sensitivities: 14 products a neuron and step.
  private func firing(steps: Int) -> Measurement {
    let (samples, width, words) = (16, 128, 2)
    let count = samples * width
    let values = Numbers(5 * count)
    let masks = UnsafeMutablePointer<UInt64>.allocate(capacity: steps * samples * words)
    return Measurement(
      name: "neurons, gaussian, \(steps) step\(steps > 1 ? "s" : "")", limit: .arithmetic,
      work: 28 * Double(steps * count)
    ) {
      var surrogate = rfgk_surrogate()
      surrogate.peak = 0.8
      surrogate.sensitivity = values.pointer + 3 * count
      surrogate.sensitivity_sum = values.pointer + 4 * count
      var arguments = rfgk_integrate()
      arguments.samples = Int32(samples)
      arguments.padded = Int32(width)
      arguments.out_words = Int32(words)
      arguments.steps = Int32(steps)
      arguments.step_rows = Int32(samples)
      arguments.leak = 0.5
      arguments.threshold = 1
      arguments.base = UnsafePointer(values.pointer)
      arguments.base_stride = Int64(width)
      arguments.membrane = values.pointer + count
      arguments.count = values.pointer + 2 * count
      arguments.out_positive = masks
      withUnsafePointer(to: surrogate) {
        arguments.surrogate = $0
        table.integrateAndFire(&arguments)
      }
    }
  }

  private func randomNumbers() -> [Measurement] {
    let count = 4096
    let values = Numbers(count)
    let laws: [(String, KernelTable.Fill)] = [
      ("Rademacher", table.fillRademacher), ("Gaussian", table.fillGaussian), ("uniform", table.fillUniform),
    ]
    return laws.map { name, fill in
      Measurement(name: "\(name) numbers", limit: .bandwidth(footprint: 4 * count), work: 4 * Double(count)) {
        var counter = rfgk_counter(key0: 1, key1: 2, word1: 3, word2: 4, word3: 5)
        fill(&counter, 0, count, values.pointer)
      }
    }
  }

  /// In double precision, whose peak is half of that in single precision: 50 % is all there is.
  private func algebra() -> [Measurement] {
    let (rows, n) = (512, 256)
    let features = Numbers(rows * n)
    let gram = UnsafeMutablePointer<Double>.allocate(capacity: n * n)
    let factor = UnsafeMutablePointer<Double>.allocate(capacity: n * n)
    gram.initialize(repeating: 0, count: n * n)
    for index in 0..<n { gram[index * n + index] = 1000 }
    factor.initialize(from: gram, count: n * n)
    return [
      Measurement(name: "normal equations, 512 rows of 256", limit: .arithmetic, work: Double(rows * n * (n + 1))) {
        table.accumulateGram(rows, n, UnsafePointer(features.pointer), n, gram, n, 0, n)
      },
      Measurement(name: "Cholesky factor of 256", limit: .arithmetic, work: Double(n * n * n) / 3) {
        factor.update(from: gram, count: n * n)
        for index in 0..<n { factor[index * n + index] += 1e6 }
        _ = table.choleskyFactor(n, factor, n, { false })
      },
    ]
  }
}
