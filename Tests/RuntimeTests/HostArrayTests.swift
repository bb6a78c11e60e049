import Runtime
import Testing

@Suite("host arrays")
struct HostArrayTests {
  /// A [times][samples][features] view of the numbers 0, 1, 2, ... with the given strides, from `start` on.
  private func withView<Value: BinaryFloatingPoint>(
    of type: Value.Type, start: Int = 0, times: Int, samples: Int, features: Int, strides: (Int, Int, Int),
    _ body: (HostArray, UnsafeMutablePointer<Value>) throws -> Void
  ) rethrows {
    var memory = (0..<64).map { Value($0) }
    try memory.withUnsafeMutableBufferPointer { memory in
      let base = memory.baseAddress!
      try body(
        HostArray(
          base: UnsafeMutableRawPointer(base + start), scalar: Value.self == Float.self ? .float32 : .float64,
          times: times, samples: samples, features: features, timeStride: strides.0, sampleStride: strides.1,
          featureStride: strides.2), base)
    }
  }

  private func rows(_ array: HostArray) -> [[[Double]]] {
    (0..<max(array.times, 1)).map { time in
      (0..<array.samples).map { sample in
        var row = [Double](repeating: -1, count: array.features)
        array.read(time: time, sample: sample, into: &row)
        return row
      }
    }
  }

  @Test("any strides, also negative and zero, in single and double precision")
  func strides() {
    let cases: [(start: Int, strides: (Int, Int, Int), expected: [[[Double]]])] = [
      (0, (6, 3, 1), [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]),
      (0, (1, 2, 4), [[[0, 4, 8], [2, 6, 10]], [[1, 5, 9], [3, 7, 11]]]),
      (11, (-6, -3, -1), [[[11, 10, 9], [8, 7, 6]], [[5, 4, 3], [2, 1, 0]]]),
      (5, (0, 0, 2), [[[5, 7, 9], [5, 7, 9]], [[5, 7, 9], [5, 7, 9]]]),
    ]
    for (start, strides, expected) in cases {
      withView(of: Float.self, start: start, times: 2, samples: 2, features: 3, strides: strides) { array, _ in
        #expect(rows(array) == expected)
      }
      withView(of: Double.self, start: start, times: 2, samples: 2, features: 3, strides: strides) { array, _ in
        #expect(rows(array) == expected)
        #expect(array.value(sample: 1, feature: 2) == expected[0][1][2])
      }
    }
  }

  @Test("samples and features that count through several dimensions, the last one fastest")
  func severalDimensions() {
    // [2][3][4] in C order, in Fortran order, and with the middle dimension backwards.
    let layouts: [(start: Int, strides: [Int])] = [(0, [12, 4, 1]), (0, [1, 2, 6]), (8, [12, -4, 1])]
    for (start, strides) in layouts {
      var memory = (0..<64).map { Double($0) }
      let places = (0..<2).map { i in
        (0..<3).flatMap { j in (0..<4).map { k in start + i * strides[0] + j * strides[1] + k * strides[2] } }
      }
      let axes = zip([2, 3, 4], strides).map { Axis(extent: $0, stride: $1) }
      memory.withUnsafeMutableBufferPointer { memory in
        let base = UnsafeMutableRawPointer(memory.baseAddress! + start)
        let wide = HostArray(
          base: base, scalar: .float64, samples: HostAxes(axes[0]), features: HostAxes(AxisList(axes[1...])))
        #expect(rows(wide) == [places.map { $0.map { Double($0) } }])
        let tall = HostArray(
          base: base, scalar: .float64, samples: HostAxes(AxisList(axes[..<2])), features: HostAxes(axes[2]))
        #expect(rows(tall)[0].flatMap { $0 } == places.flatMap { $0.map { Double($0) } })
        wide.write(-1, sample: 1, feature: 7)
        #expect(tall.value(sample: 4, feature: 3) == -1)
      }
    }
  }

  @Test("a row is written as shift + scale value, field by field, with any strides", arguments: [1, 2, -3])
  func writesScaled(step: Int) {
    let values: [Float] = [1, 2, 3, 4]
    let expected = [10 + 2 * 1.0, 20 + 3 * 2.0, 10 + 2 * 3.0, 20 + 3 * 4.0]
    let start = step < 0 ? -3 * step : 0
    withView(of: Float.self, start: start, times: 0, samples: 1, features: 4, strides: (0, 0, step)) { array, _ in
      array.writeScaled(values, sample: 0, shift: [10, 20], scale: [2, 3])
      #expect(rows(array)[0][0] == expected)
    }
    withView(of: Double.self, start: start, times: 0, samples: 1, features: 4, strides: (0, 0, step)) { array, _ in
      array.writeScaled(values, sample: 0, shift: [10, 20], scale: [2, 3])
      #expect(rows(array)[0][0] == expected)
    }
  }

  @Test("what a scaling takes out of single precision is found, wherever it is", arguments: [0, 5, 6])
  func finiteAfterScaling(place: Int) {
    for (value, scale, isFine): (Float, Double, Bool) in [
      (1e30, 1, true), (1e30, 1e-7, true), (1e30, 1e-9, false), (3e38, 0.5, false), (3e38, -2, true), (.nan, 1, false),
      (-.infinity, 1, false),
    ] {
      var memory: [Float] = [1, 2, 3, 4, 5, 6, 7]
      memory[place] = value
      memory.withUnsafeMutableBytes { bytes in
        let array = HostArray(
          base: bytes.baseAddress!, scalar: .float32, times: 0, samples: 1, features: 7, timeStride: 0,
          sampleStride: 7, featureStride: 1)
        let (shift, scales) = ([Double](repeating: -1, count: 7), [Double](repeating: scale, count: 7))
        do throws(Failure) {
          try array.requireFinite("inputs", shift: shift, scale: scales, unless: StopFlag())
          #expect(isFine, "\(value) / \(scale)")
        } catch {
          #expect(!isFine && error.message.contains("[0, \(place)]"), "\(error.message)")
        }
      }
    }
  }

  @Test("reading scaled is (value - shift) / scale, rounded once")
  func scaled() {
    withView(of: Double.self, times: 0, samples: 2, features: 2, strides: (0, 2, 1)) { array, base in
      base[2] = 1e9 + 0.5
      var row: [Float] = [0, 0]
      array.readScaled(time: 0, sample: 1, shift: [1e9, 1], scale: [2, -4], into: &row)
      #expect(row == [0.25, -0.5])
    }
  }

  @Test("writing touches its element only")
  func write() {
    withView(of: Float.self, times: 0, samples: 3, features: 2, strides: (0, 4, 2)) { array, base in
      array.write(-7.5, sample: 1, feature: 1)
      #expect((0..<64).map { base[$0] } == (0..<64).map { $0 == 6 ? -7.5 : Float($0) })
    }
  }

  @Test("a number that is not finite is found and named; what lies between the strides is not looked at")
  func finite() throws {
    try withView(of: Float.self, times: 2, samples: 2, features: 2, strides: (16, 4, 2)) { array, base in
      base[1] = .nan
      try array.requireFinite("inputs", unless: StopFlag())
      base[22] = .infinity
      let failure = #expect(throws: Failure.self) { try array.requireFinite("inputs", unless: StopFlag()) }
      #expect(failure?.kind == .notFinite)
      let message = failure?.message ?? ""
      #expect(message.hasPrefix("inputs: element [1, 1, 1] is NaN"))
    }
  }

  @Test("a number that leaves single precision when it is scaled is not finite either")
  func overflow() throws {
    try withView(of: Double.self, times: 0, samples: 1, features: 2, strides: (0, 2, 1)) { array, base in
      base[0] = 1e30
      try array.requireFinite("inputs", unless: StopFlag())
      try array.requireFinite("inputs", shift: [0, 0], scale: [1, 1], unless: StopFlag())
      #expect(throws: Failure.self) {
        try array.requireFinite("inputs", shift: [0, 0], scale: [1e-10, 1], unless: StopFlag())
      }
    }
  }
}
