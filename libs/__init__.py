"""Our own small libraries; none of them imports an app."""
