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
  private let last: Axis
  /// Those before the last, which step where the one behind them ends; the first `others`.
  private let outer: InlineArray<6, Axis>
  private let others: Int

  package init(_ axis: Axis) {
    count = axis.extent
    last = axis
    outer = InlineArray(repeating: .single)
    others = 0
  }

  /// - Parameter axes: the product of their extents is an Int.
  package init(_ axes: AxisList) {
    var joined = AxisList()
    for axis in axes where axis.extent != 1 {
      let (whole, overflow) = axis.stride.multipliedReportingOverflow(by: axis.extent)
      let top = joined.count - 1
      if top >= 0, !overflow, joined[top].stride == whole {
        joined[top] = Axis(extent: joined[top].extent &* axis.extent, stride: axis.stride)
      } else {
        joined.append(axis)
      }
    }
    count = axes.reduce(1) { $0 &* $1.extent }
    others = max(joined.count - 1, 0)
    last = joined.isEmpty ? .single : joined[others]
    var outer = InlineArray<6, Axis>(repeating: .single)
    for index in 0..<others { outer[index] = joined[index] }
    self.outer = outer
  }

  /// Where an element lies, relative to the first one.
  @inline(__always)
  func offset(_ index: Int) -> Int {
    others == 0 ? index &* last.stride : nestedOffset(index)
  }

  private func nestedOffset(_ index: Int) -> Int {
    var (rest, place) = index.quotientAndRemainder(dividingBy: last.extent)
    var offset = place &* last.stride
    for axis in (0..<others).reversed() {
      (rest, place) = rest.quotientAndRemainder(dividingBy: outer[axis].extent)
      offset = offset &+ place &* outer[axis].stride
    }
    return offset
  }

  /// From one element to the next, if that is the same everywhere.
  var step: Int? { others == 0 ? last.stride : nil }

  /// Calls `body` with every index and its place, counted from `start`.
  @inline(__always)
  func forEach(from start: Int, _ body: (_ index: Int, _ place: Int) -> Void) {
    if others == 0 {
      for index in 0..<count { body(index, start &+ index &* last.stride) }
    } else {
      for index in 0..<count { body(index, start &+ nestedOffset(index)) }
    }
  }
}
