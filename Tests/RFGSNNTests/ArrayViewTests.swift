import CRFGSNN
import Runtime
import Testing

@testable import RFGSNN

/// An rfgsnn_array over memory of its own, whose fields a test spoils one at a time.
private struct Example {
  var shape: [Int64]
  var strides: [Int64]?
  var bits: UInt8 = 64
  var code: UInt8 = 2
  var lanes: UInt16 = 1
  var device: Int32 = 1
  var offset: UInt64 = 0
  var ndim: Int32?
  var data: UnsafeMutableRawPointer?

  nonisolated(unsafe) static let numbers: UnsafeMutablePointer<Double> = {
    let numbers = UnsafeMutablePointer<Double>.allocate(capacity: 64)
    for index in 0..<64 { numbers[index] = Double(index) }
    return numbers
  }()

  init(_ shape: [Int64], strides: [Int64]? = nil) {
    self.shape = shape
    self.strides = strides
    data = UnsafeMutableRawPointer(Self.numbers)
  }

  func view(_ expected: ExpectedShape, written: Bool = false) throws -> HostArray {
    var shape = shape
    var strides = strides ?? []
    let hasStrides = self.strides != nil
    return try shape.withUnsafeMutableBufferPointer { shape in
      try strides.withUnsafeMutableBufferPointer { strides in
        var array = rfgsnn_array(
          data: data, device: rfgsnn_device(device_type: device, device_id: 0),
          ndim: ndim ?? Int32(shape.count), dtype: rfgsnn_dtype(code: code, bits: bits, lanes: lanes),
          shape: shape.baseAddress, strides: hasStrides ? strides.baseAddress : nil, byte_offset: offset)
        return try HostArray(&array, "x", expected, written: written)
      }
    }
  }

  func refusal(_ expected: ExpectedShape, written: Bool = false) -> Failure? {
    do {
      _ = try view(expected, written: written)
      return nil
    } catch {
      return error as? Failure
    }
  }
}

private func elements(_ array: HostArray, time: Int = 0) -> [[Double]] {
  (0..<array.samples).map { sample in
    var row = [Double](repeating: .nan, count: array.features)
    row.withUnsafeMutableBufferPointer { row in
      if let base = row.baseAddress { array.read(time: time, sample: sample, into: base) }
    }
    return row
  }
}

@Suite("Views of the host's arrays")
struct ArrayViewTests {
  private let pairs = ExpectedShape(samples: nil, features: 2)
  private let singles = ExpectedShape(samples: nil, features: 1)

  @Test("reads C order without strides")
  func cOrder() throws {
    #expect(elements(try Example([3, 2]).view(pairs)) == [[0, 1], [2, 3], [4, 5]])
  }

  @Test("reads Fortran order, reversed order and repeated rows by their strides")
  func strides() throws {
    #expect(elements(try Example([3, 2], strides: [1, 3]).view(pairs)) == [[0, 3], [1, 4], [2, 5]])
    #expect(elements(try Example([3, 2], strides: [0, 1]).view(pairs)) == [[0, 1], [0, 1], [0, 1]])
    var reversed = Example([3, 2], strides: [-2, 1])
    reversed.offset = 4 * 8
    #expect(elements(try reversed.view(pairs)) == [[4, 5], [2, 3], [0, 1]])
  }

  @Test("takes rank 1 for one feature, and rank 3 where inputs may change in time")
  func ranks() throws {
    #expect(elements(try Example([3]).view(singles)) == [[0], [1], [2]])
    #expect(elements(try Example([3], strides: [2]).view(singles)) == [[0], [2], [4]])
    let inTime = ExpectedShape(samples: nil, features: 2, times: 2)
    let array = try Example([2, 3, 2]).view(inTime)
    #expect(array.times == 2)
    #expect(elements(array, time: 1) == [[6, 7], [8, 9], [10, 11]])
    #expect(try Example([3, 2]).view(inTime).times == 0)
    #expect(Example([3, 3, 2]).refusal(inTime)?.kind == .shape)
    #expect(Example([2, 3, 2]).refusal(pairs)?.kind == .shape)
    #expect(Example([3]).refusal(pairs)?.kind == .shape)
  }

  @Test("does not look at the stride of a dimension of extent 1")
  func extentOne() throws {
    #expect(elements(try Example([1, 2], strides: [.max, 1]).view(pairs)) == [[0, 1]])
    #expect(elements(try Example([2, 1], strides: [1, .min]).view(singles, written: true)) == [[0], [1]])
  }

  @Test("says what was found and what was expected")
  func sentence() throws {
    let refusal = Example([3, 4]).refusal(ExpectedShape(samples: 5, features: 1))
    #expect(refusal?.message == "x: shape [3, 4], expected [5, 1] or [5]")
    #expect(Example([4, 2]).refusal(ExpectedShape(samples: 5, features: 2))?.kind == .shape)
  }

  @Test("refuses empty, negative and huge extents", arguments: [0, -1, .min, .max, Int64(Int32.max) + 1])
  func extents(_ extent: Int64) throws {
    #expect(Example([extent, 2]).refusal(pairs)?.kind == .shape)
    #expect(Example([2, extent, 2]).refusal(ExpectedShape(samples: nil, features: 2, times: 2))?.kind == .shape)
  }

  @Test("refuses ranks that there are not", arguments: [0, -1, 4, .max, .min] as [Int32])
  func rank(_ rank: Int32) throws {
    var example = Example([1, 1, 1, 1, 1, 1, 1, 1])
    example.ndim = rank
    #expect(example.refusal(singles)?.kind == .shape)
  }

  @Test("refuses strides whose products or sums overflow", arguments: [.max, .min, .max / 8, 1 << 60, -(1 << 60)])
  func overflow(_ stride: Int64) throws {
    #expect(Example([3, 2], strides: [stride, 1]).refusal(pairs)?.kind == .shape)
    #expect(Example([3, 2], strides: [stride, stride]).refusal(pairs)?.kind == .shape)
  }

  @Test("refuses strides and offsets that lead outside of the address space")
  func outside() throws {
    // 2^46 elements of 8 bytes below any address of a program.
    #expect(Example([3, 2], strides: [-(1 << 46), 1]).refusal(pairs)?.kind == .shape)
    for offset: UInt64 in [.max, 1 << 63, UInt64(Int64.max)] {
      var example = Example([3, 2])
      example.offset = offset
      #expect(example.refusal(pairs)?.kind == .shape)
    }
  }

  @Test("bounds the number of elements even when none is more than one address away")
  func countless() throws {
    let many = Int64(Int32.max)
    let expected = ExpectedShape(samples: nil, features: Int(Int32.max), times: Int(Int32.max))
    #expect(Example([many, many, many], strides: [0, 0, 0]).refusal(expected)?.kind == .shape)
    #expect(Example([many, many, many]).refusal(expected)?.kind == .shape)
  }

  @Test("refuses data that are NULL or not aligned")
  func data() throws {
    var null = Example([3, 2])
    null.data = nil
    #expect(null.refusal(pairs)?.kind == .nullPointer)
    var odd = Example([3, 2])
    odd.offset = 4
    #expect(odd.refusal(pairs)?.kind == .dataType)
    odd.bits = 32
    #expect(odd.refusal(pairs) == nil)
    odd.offset = 2
    #expect(odd.refusal(pairs)?.kind == .dataType)
  }

  @Test(
    "refuses other element types and names them",
    arguments: [
      (0, 32, 1, "int32"), (2, 16, 1, "float16"), (4, 16, 1, "bfloat16"), (5, 128, 1, "complex128"),
      (2, 64, 2, "float64 with lanes 2"), (99, 7, 1, "code 99, bits 7"),
    ] as [(UInt8, UInt8, UInt16, String)])
  func types(_ code: UInt8, _ bits: UInt8, _ lanes: UInt16, _ name: String) throws {
    var example = Example([3, 2])
    (example.code, example.bits, example.lanes) = (code, bits, lanes)
    let refusal = example.refusal(pairs)
    #expect(refusal?.kind == .dataType)
    #expect(refusal?.message.contains(name) == true)
  }

  @Test("refuses memory of other devices")
  func device() throws {
    var example = Example([3, 2])
    example.device = 2
    #expect(example.refusal(pairs)?.kind == .dataType)
  }

  @Test(
    "refuses to write where two elements share a place, and only there",
    arguments: [
      ([2, 1], false), ([1, 3], false), ([4, 2], false), ([-2, 1], false), ([3, -7], false),
      ([0, 1], true), ([1, 0], true), ([0, 0], true), ([1, 1], true), ([1, 2], true), ([2, 4], true), ([-1, 2], true),
    ] as [([Int64], Bool)])
  func aliases(_ strides: [Int64], _ shared: Bool) throws {
    var example = Example([3, 2], strides: strides)
    example.offset = 20 * 8
    let refusal = example.refusal(pairs, written: true)
    #expect((refusal?.kind == .shape) == shared)
    #expect(example.refusal(pairs) == nil, "reading is free to share")
  }

  @Test("agrees with a count of the places about which strides share them")
  func aliasesByCount() throws {
    for (rows, columns) in [(1, 1), (1, 3), (3, 1), (2, 3), (3, 2), (3, 4)] {
      for a in -5...5 {
        for b in -5...5 {
          let places = Set((0..<rows).flatMap { i in (0..<columns).map { j in i * a + j * b } })
          let shared = places.count < rows * columns
          #expect(
            overlap(Axis(extent: rows, stride: a), Axis(extent: columns, stride: b)) == shared,
            "[\(rows), \(columns)] with strides [\(a), \(b)]")
        }
      }
    }
  }

  @Test("several dimensions between the first and the last belong to the features, the last one fastest")
  func fields() throws {
    let functions = ExpectedShape.Dimension(name: "functions", extent: 2)
    let points = ExpectedShape.Points(axes: 1, extents: try StackList([3]))
    let expected = ExpectedShape(functions, points: points, features: 2)
    #expect(elements(try Example([2, 3, 2]).view(expected)) == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]])
    #expect(
      elements(try Example([2, 3, 2], strides: [1, 2, 6]).view(expected)) == [
        [0, 6, 2, 8, 4, 10], [1, 7, 3, 9, 5, 11],
      ])
    #expect(Example([3, 3, 2]).refusal(expected)?.message == "x: shape [3, 3, 2], expected [2, 3, 2]")
    #expect(Example([2, 3]).refusal(expected)?.kind == .shape)
    #expect(Example([2, 6]).refusal(expected)?.kind == .shape)
    #expect(Example([1, 2, 3, 2]).refusal(expected)?.kind == .shape)
    let single = ExpectedShape(functions, points: points, features: 1)
    #expect(elements(try Example([2, 3]).view(single)) == elements(try Example([2, 3, 1]).view(single)))
    let free = ExpectedShape(
      .init(name: "functions", extent: nil), points: .init(axes: 1, extents: nil), features: 1)
    #expect(
      Example([2]).refusal(free)?.message == "x: shape [2], expected [functions, points, 1] or [functions, points]")
  }

  @Test("three dimensions and more never share a place where they may be written, and may lie in any order")
  func aliasesOfSeveral() throws {
    var nested = 0
    for a in -6...6 {
      for b in -6...6 {
        for c in -6...6 {
          let axes: AxisList = [Axis(extent: 2, stride: a), Axis(extent: 3, stride: b), Axis(extent: 2, stride: c)]
          let places = Set((0..<2).flatMap { i in (0..<3).flatMap { j in (0..<2).map { k in i * a + j * b + k * c } } })
          if !mayOverlap(axes) {
            nested += 1
            #expect(places.count == 12, "strides [\(a), \(b), \(c)]")
          }
        }
      }
    }
    #expect(nested > 0)
    // Every order of the dimensions of a contiguous array [2][3][2], forwards and backwards.
    for strides in [[6, 2, 1], [6, 1, 3], [1, 2, 6], [2, 4, 1], [3, 1, 6], [1, 4, 2], [-6, 2, -1], [12, 4, 2]] {
      let axes = AxisList(zip([2, 3, 2], strides).map { Axis(extent: $0, stride: $1) })
      #expect(!mayOverlap(axes), "\(strides)")
    }
    #expect(mayOverlap([Axis(extent: 2, stride: 0), Axis(extent: 3, stride: 2), Axis(extent: 2, stride: 1)]))
    // Nothing that overflows is called free; what leads outside of memory is refused for that.
    #expect(
      Example([2, 3, 2], strides: [.max, .max, 1]).refusal(
        ExpectedShape(
          .init(name: "functions", extent: 2), points: .init(axes: 1, extents: try StackList([3])),
          features: 2),
        written: true)?.kind == .shape)
  }
}
