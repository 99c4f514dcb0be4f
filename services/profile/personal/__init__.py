"""Personal values: their normal form, their mask, the pieces they are searched by."""
