internal import CSystem

#if RFGSNN_V4
  private typealias Block = Twice<Doubles>
  private typealias Tile = Rows8<Block>
#elseif RFGSNN_V3
  private typealias Block = Doubles
  private typealias Tile = Rows6<Block>
#else
  private typealias Block = Doubles
  private typealias Tile = Rows2<Block>
#endif

/// Rows of B whose block of columns stays in the first-level cache.
private let depth = 128

/// c[i][j] += sum over p of a[i aRow + p aColumn] b[p][j], for m rows, n columns and k products each.
///
/// Bits do not depend on how the rows are split.
/// - Complexity: m n k multiplications.
@inline(never)
package func multiplyDoubles(
  _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ aRow: Int, _ aColumn: Int,
  _ b: UnsafePointer<Double>, _ bRow: Int, _ c: UnsafeMutablePointer<Double>, _ cRow: Int
) {
  var p = 0
  while p < k {
    let count = k &- p < depth ? k &- p : depth
    let left = a + p &* aColumn
    let right = b + p &* bRow
    var j = 0
    while j &+ Block.width <= n {
      addColumns(Tile.self, Row<Block>.self, m, count, left, aRow, aColumn, right + j, bRow, c + j, cRow)
      j &+= Block.width
    }
    while j < n {
      addColumns(
        Rows8<OneDouble>.self, Row<OneDouble>.self, m, count, left, aRow, aColumn, right + j, bRow, c + j, cRow)
      j &+= 1
    }
    p &+= count
  }
}

/// One block of columns: tiles of rows, then the rows that are left.
@inline(__always)
private func addColumns<Part: Rows, Rest: Rows>(
  _ part: Part.Type, _ rest: Rest.Type, _ m: Int, _ k: Int, _ a: UnsafePointer<Double>, _ aRow: Int,
  _ aColumn: Int, _ b: UnsafePointer<Double>, _ bRow: Int, _ c: UnsafeMutablePointer<Double>, _ cRow: Int
)
where
  Part.Block.Scalar == Double, Part.Block.Source == Double, Rest.Block.Scalar == Double, Rest.Block.Source == Double
{
  var i = 0
  while i &+ Part.height <= m {
    var tile = Part(from: c + i &* cRow, cRow)
    tile.addProduct(k, a + i &* aRow, aRow, aColumn, b, bRow)
    tile.store(to: c + i &* cRow, cRow)
    i &+= Part.height
  }
  while i < m {
    var row = Rest(from: c + i &* cRow, cRow)
    row.addProduct(k, a + i &* aRow, aRow, aColumn, b, bRow)
    row.store(to: c + i &* cRow, cRow)
    i &+= 1
  }
}
