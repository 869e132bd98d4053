import{u as t,j as s,S as r}from"./index-ByeAYLJN.js";function i(){const{t:e}=t();return s.jsx(r,{title:e("step.studies"),children:s.jsx("p",{children:e("loading")})})}export{i as default};
