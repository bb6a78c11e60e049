/// Extent and step, in elements, of one dimension of the host's array.
package struct Axis: Sendable {
  package let extent: Int
  /// May be zero or negative.
  package let stride: Int

  package init(extent: Int, stride: Int) {
    self.extent = extent
    self.stride = stride
  }

  package static let single = Axis(extent: 1, stride: 0)
}

/// Dimensions of the host's array that one index counts through, the last one fastest: the points and the fields of
/// an operator's outputs, say.
///
/// Dimensions that lie one after the other in memory are joined, so that in C order one stride is left.
package struct HostAxes: Sendable {
  /// The product of the extents.
  package let count: Int
  /// At least one, at most seven.
  fileprivate private(set) var joined = InlineArray<7, Axis>(repeating: .single)
  fileprivate private(set) var dimensions = 1

  package init(_ axis: Axis) {
    count = axis.extent
    joined[0] = axis
  }

  /// - Parameter axes: the product of their extents is an Int.
  package init(_ axes: AxisList) {
    count = axes.reduce(1) { $0 &* $1.extent }
    dimensions = 0
    for axis in axes where axis.extent != 1 {
      let (whole, overflow) = axis.stride.multipliedReportingOverflow(by: axis.extent)
      let top = dimensions - 1
      if top >= 0, !overflow, joined[top].stride == whole {
        joined[top] = Axis(extent: joined[top].extent &* axis.extent, stride: axis.stride)
      } else {
        joined[dimensions] = axis
        dimensions += 1
      }
    }
    dimensions = max(dimensions, 1)
  }
}

/// Where the elements of a host's array lie: the dimensions of its rows, and of what a row holds.
struct ElementPlaces: Sendable {
  let rows: Int
  let columns: Int
  /// Those of the rows, and then those of the columns: together at most seven, or one alone on either side.
  private var axes = InlineArray<8, Axis>(repeating: .single)
  private let split: Int8
  private let end: Int8

  init(rows: HostAxes, columns: HostAxes) {
    self.rows = rows.count
    self.columns = columns.count
    split = Int8(rows.dimensions)
    end = Int8(min(rows.dimensions + columns.dimensions, 8))
    for index in 0..<rows.dimensions { axes[index] = rows.joined[index] }
    for index in rows.dimensions..<Int(end) { axes[index] = columns.joined[index - rows.dimensions] }
  }

  /// Where a row begins, relative to the first one.
  @inline(__always)
  func row(_ index: Int) -> Int {
    split == 1 ? index &* axes[0].stride : nestedOffset(index, 0, Int(split))
  }

  /// Where a column lies, relative to the first one of its row.
  @inline(__always)
  func column(_ index: Int) -> Int {
    end == split + 1 ? index &* axes[Int(split)].stride : nestedOffset(index, Int(split), Int(end))
  }

  private func nestedOffset(_ index: Int, _ first: Int, _ end: Int) -> Int {
    var rest = index
    var offset = 0
    var axis = end - 1
    while axis > first {
      let (others, place) = rest.quotientAndRemainder(dividingBy: axes[axis].extent)
      offset = offset &+ place &* axes[axis].stride
      rest = others
      axis -= 1
    }
    return offset &+ rest &* axes[first].stride
  }

  /// From one column to the next, if that is the same everywhere.
  var columnStep: Int? { end == split + 1 ? axes[Int(split)].stride : nil }

  /// Calls `body` with every column and its place, counted from `start`.
  @inline(__always)
  func forEachColumn(from start: Int, _ body: (_ index: Int, _ place: Int) -> Void) {
    if let step = columnStep {
      for index in 0..<columns { body(index, start &+ index &* step) }
    } else {
      for index in 0..<columns { body(index, start &+ nestedOffset(index, Int(split), Int(end))) }
    }
  }
}
