doc,cls,theme,indicator,jurisdictions,period,value,unit,qualifier,comparison_type,comparison_value,comparison_base,status,quote,start,end,raw_start,raw_end
